using System.Text;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

/// <summary>The examples of RFC 7541, appendix C, and what is wrong with blocks.</summary>
public class HpackTests
{
    private const int Limit = 16 * 1024;

    [Theory]
    [InlineData(10, 5, "0a")]
    [InlineData(1337, 5, "1f9a0a")]
    [InlineData(42, 8, "2a")]
    [InlineData(31, 5, "1f00")]
    [InlineData(HpackInteger.Max, 7, "7f80ffff7f")]
    public void Integer_BothWays_IsAsDescribed(int value, int prefixBits, string hex)
    {
        byte[] bytes = new byte[8];
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan(0, HpackInteger.Write(bytes, 0, prefixBits, value))));
        Assert.True(HpackInteger.TryRead(bytes, prefixBits, out int read, out int length));
        Assert.Equal((value, hex.Length / 2), (read, length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7f")]
    [InlineData("7f80")]
    [InlineData("7fffffffff7f")] // more than 32 bits
    [InlineData("7f8080808001")]
    [InlineData("7f808080800000")] // zeros
    [InlineData("7fffffffff0f")]
    public void Integer_CutShortOrTooLarge_IsRefused(string hex) =>
        Assert.False(HpackInteger.TryRead(Convert.FromHexString(hex), 7, out _, out _));

    // C.2 to C.6: a sequence of blocks, each followed by the fields it stands for.
    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header")]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path")]
    [InlineData("100870617373776f726406736563726574", "password: secret")]
    [InlineData("82", ":method: GET")]
    [InlineData(
        "828684410f7777772e6578616d706c652e636f6d", ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
        "828684be58086e6f2d6361636865", ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value")]
    [InlineData(
        "828684418cf1e3c2e5f23a6ba0ab90f4ff", ":method: GET|:scheme: http|:path: /|:authority: www.example.com",
        "828684be5886a8eb10649cbf", ":method: GET|:scheme: http|:path: /|:authority: www.example.com|cache-control: no-cache",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ":method: GET|:scheme: https|:path: /index.html|:authority: www.example.com|custom-key: custom-value")]
    public void Decode_ExamplesOfTheRfc_GivesTheFields(params string[] blocksAndFields)
    {
        HpackDecoder decoder = new();
        for (int i = 0; i < blocksAndFields.Length; i += 2)
        {
            Assert.Equal(blocksAndFields[i + 1], Decode(decoder, blocksAndFields[i]));
        }
    }

    // C.5 and C.6: a table of 256 bytes, from which fields fall out.
    [Theory]
    [InlineData(
        "3fe101" + "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "3fe101" + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void Decode_ExamplesWithEviction_GivesTheFields(string first, string second, string third)
    {
        HpackDecoder decoder = new();
        const string Rest = "location: https://www.example.com";
        Assert.Equal($":status: 302|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|{Rest}", Decode(decoder, first));
        Assert.Equal($":status: 307|cache-control: private|date: Mon, 21 Oct 2013 20:13:21 GMT|{Rest}", Decode(decoder, second));
        Assert.Equal(
            $":status: 200|cache-control: private|date: Mon, 21 Oct 2013 20:13:22 GMT|{Rest}|content-encoding: gzip|"
            + "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            Decode(decoder, third));
    }

    [Theory]
    [InlineData("80")] // index 0
    [InlineData("be")] // the dynamic table is empty
    [InlineData("ffffffffff7f")]
    [InlineData("7e")] // a name that is not there, without a value
    [InlineData("7e0161")]
    [InlineData("400161")] // no value
    [InlineData("4001610561")] // a value cut short
    [InlineData("40ffffffff0f")] // a name of 2^28 bytes
    [InlineData("3fe21f")] // a table of more than 4096 bytes
    [InlineData("823f00")] // a table set after a field
    [InlineData("008161")] // Huffman: no code ends there with ones
    [InlineData("0083ffffff0161")] // padding of more than 7 bits
    [InlineData("0084ffffffff0161")] // the end of string itself
    public void Decode_MalformedBlock_IsRefused(string hex) =>
        Assert.Equal(HpackResult.Malformed, new HpackDecoder().Decode(Convert.FromHexString(hex), Limit, []));

    [Fact]
    public void Decode_MoreThanTheLimit_ReadsTheBlockAllTheSame()
    {
        HpackDecoder decoder = new();
        List<HeaderField> fields = [];
        // One long field that stays in the table, and many references to it: little to send, much to hold.
        byte[] value = new byte[3000];
        value.AsSpan().Fill((byte)'v');
        byte[] block = [0x40, 1, (byte)'a', 0x7F, .. LengthAbove127(3000), .. value, .. Enumerable.Repeat((byte)0xBE, 1000), 0x40, 1, (byte)'b', 1, (byte)'c'];
        Assert.Equal(HpackResult.TooLarge, decoder.Decode(block, Limit, fields));
        Assert.InRange(fields.Sum(field => field.Size), 1, Limit);
        Assert.Equal("b: c", Decode(decoder, "be"));
    }

    [Fact]
    public void Table_OfAFieldThatIsTooLarge_IsEmptied()
    {
        HpackDynamicTable table = new();
        table.Add(new("a", "b"));
        Assert.Equal((1, 34), (table.Count, table.Size));
        table.Add(new("a", new string('x', 5000)));
        Assert.Equal((0, 0), (table.Count, table.Size));
        for (int i = 0; i < 200; i++)
        {
            table.Add(new("n", $"{i:000}"));
        }

        Assert.Equal(4096 / 36, table.Count);
        Assert.Equal("199", table.Get(0).Value);
        Assert.Equal($"{200 - table.Count:000}", table.Get(table.Count - 1).Value);
        table.Resize(72);
        Assert.Equal(2, table.Count);
        table.Resize(0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Huffman_OfAnyBytes_GoesBothWays()
    {
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] text = new byte[random.Next(40)];
            random.NextBytes(text);
            byte[] encoded = new byte[HpackHuffman.EncodedLength(text)];
            Assert.Equal(encoded.Length, HpackHuffman.Encode(text, encoded));
            byte[] decoded = new byte[HpackHuffman.MaxDecodedLength(encoded.Length)];
            Assert.True(HpackHuffman.TryDecode(encoded, decoded, out int count));
            Assert.Equal(text, decoded[..count]);
        }
    }

    [Theory]
    [InlineData("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")]
    [InlineData("no-cache", "a8eb10649cbf")]
    [InlineData("custom-key", "25a849e95ba97d7f")]
    [InlineData("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff")]
    public void Huffman_OfTheRfc_IsTheSame(string text, string hex)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        byte[] encoded = new byte[HpackHuffman.EncodedLength(bytes)];
        HpackHuffman.Encode(bytes, encoded);
        Assert.Equal(hex, Convert.ToHexStringLower(encoded));
    }

    [Fact]
    public void Encode_Fields_KeepsSecretsOutOfTables()
    {
        HeaderField[] fields = [new(":status", "200"), new("proxy-authorization", "Basic dTpw"), new("x", "~\u00ff")];
        byte[] block = Http2Peer.Head(fields);
        Assert.Equal(0x88, block[0]);
        Assert.Equal(0x1F, block[1]); // never indexed, name 49
        Assert.Equal(49 - 15, block[2]);
        List<HeaderField> read = [];
        Assert.Equal(HpackResult.Done, new HpackDecoder().Decode(block, Limit, read));
        Assert.Equal(fields, read);
    }

    private static byte[] LengthAbove127(int length)
    {
        byte[] bytes = new byte[5];
        return bytes[1..HpackInteger.Write(bytes, 0, 7, length)];
    }

    private static string Decode(HpackDecoder decoder, string hex)
    {
        List<HeaderField> fields = [];
        Assert.Equal(HpackResult.Done, decoder.Decode(Convert.FromHexString(hex), Limit, fields));
        return string.Join('|', fields.Select(field => $"{field.Name}: {field.Value}"));
    }
}
