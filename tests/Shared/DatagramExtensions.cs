using System.Net;
using System.Text;

namespace GostNet.Tests.Shared;

/// <summary>What tests do with datagrams time and again.</summary>
internal static class DatagramExtensions
{
    public static Task SendTextAsync(this IDatagramSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text)).OrFail();

    public static async Task<string> ReceiveTextAsync(this IDatagramSocket socket)
    {
        byte[] buffer = new byte[65536];
        int size = await socket.ReceiveAsync(buffer).OrFail();
        Assert.True(size >= 0, "The socket was closed.");
        return Encoding.UTF8.GetString(buffer, 0, size);
    }

    public static async Task<Received> ReceiveTextAsync(this IDatagramListener listener)
    {
        byte[] buffer = new byte[65536];
        SocketAddress source = listener.CreateAddress();
        int size = await listener.ReceiveFromAsync(buffer, source).OrFail();
        Assert.True(size >= 0, "The listener was closed.");
        return new Received(Encoding.UTF8.GetString(buffer, 0, size), source);
    }

    public static Task AnswerAsync(this IDatagramListener listener, Received received, string text) =>
        listener.SendToAsync(Encoding.UTF8.GetBytes(text), received.Source).OrFail();
}
