namespace GostNet.Internal;

/// <summary>A connection whose reads go through a layer, and that in all else is the connection below.</summary>
internal abstract class ReadLayerConnection(IConnection inner, ReadLayerStream stream) : LayeredConnection(inner, stream);
