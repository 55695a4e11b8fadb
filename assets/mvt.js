/**
 * Decode Mapbox Vector Tiles: layers, features, properties and rings, nothing else of the format.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const text = new TextDecoder();

  class Reader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }

    varint() {
      let value = 0;
      let factor = 1;
      for (;;) {
        const octet = this.bytes[this.at++];
        value += (octet & 127) * factor;
        if (octet < 128) return value;
        factor *= 128;
      }
    }

    chunk() {
      const size = this.varint();
      const part = this.bytes.subarray(this.at, this.at + size);
      this.at += size;
      return part;
    }

    skip(wire) {
      if (wire === 0) this.varint();
      else if (wire === 1) this.at += 8;
      else if (wire === 2) this.at += this.varint();
      else if (wire === 5) this.at += 4;
      else throw new RangeError('A tile holds the unknown wire type ' + wire + '.');
    }

    /** Call `take(field, wire)` for each field; a falsy answer skips it. */
    fields(take) {
      while (this.at < this.bytes.length) {
        const key = this.varint();
        if (!take(key >> 3, key & 7)) this.skip(key & 7);
      }
    }
  }

  const unzigzag = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);

  function readValue(bytes) {
    const reader = new Reader(bytes);
    let value = null;
    reader.fields((field) => {
      if (field === 1) value = text.decode(reader.chunk());
      else if (field === 2) value = reader.view.getFloat32((reader.at += 4) - 4, true);
      else if (field === 3) value = reader.view.getFloat64((reader.at += 8) - 8, true);
      else if (field === 4 || field === 5) value = reader.varint();
      else if (field === 6) value = unzigzag(reader.varint());
      else if (field === 7) value = reader.varint() !== 0;
      else return false;
      return true;
    });
    return value;
  }

  function readPacked(bytes) {
    const reader = new Reader(bytes);
    const values = [];
    while (reader.at < bytes.length) values.push(reader.varint());
    return values;
  }

  /** Turn the commands of a feature into parts: flat lists x0, y0, x1, y1, ... in tile units. */
  function readGeometry(bytes) {
    const reader = new Reader(bytes);
    const parts = [];
    let part = [];
    let x = 0;
    let y = 0;
    while (reader.at < bytes.length) {
      const command = reader.varint();
      if ((command & 7) === 7) continue;
      for (let count = command >> 3; count > 0; count--) {
        x += unzigzag(reader.varint());
        y += unzigzag(reader.varint());
        if ((command & 7) === 1) parts.push((part = []));
        part.push(x, y);
      }
    }
    return parts;
  }

  function readFeature(bytes, keys, values) {
    const reader = new Reader(bytes);
    const feature = { type: 0, properties: {}, parts: [] };
    reader.fields((field) => {
      if (field === 2) {
        const tags = readPacked(reader.chunk());
        for (let k = 0; k + 1 < tags.length; k += 2) {
          feature.properties[keys[tags[k]]] = values[tags[k + 1]];
        }
      } else if (field === 3) feature.type = reader.varint();
      else if (field === 4) feature.parts = readGeometry(reader.chunk());
      else return false;
      return true;
    });
    return feature;
  }

  function readLayer(bytes) {
    const reader = new Reader(bytes);
    const layer = { name: '', extent: 4096, features: [] };
    const raw = [];
    const keys = [];
    const values = [];
    reader.fields((field) => {
      if (field === 1) layer.name = text.decode(reader.chunk());
      else if (field === 2) raw.push(reader.chunk());
      else if (field === 3) keys.push(text.decode(reader.chunk()));
      else if (field === 4) values.push(readValue(reader.chunk()));
      else if (field === 5) layer.extent = reader.varint();
      else return false;
      return true;
    });
    layer.features = raw.map((one) => readFeature(one, keys, values));
    return layer;
  }

  /**
   * Decode a tile.
   * @param {ArrayBuffer} buffer May be empty: no layers.
   * @returns {Object<string, {extent: number, features: Array}>} Feature: `type` 1 point, 2 line, 3
   *   polygon;
   *   `properties`; `parts`, flat coordinate lists (rings are not closed).
   * @throws {RangeError} The octets are not a vector tile.
   */
  LC.decodeTile = (buffer) => {
    const reader = new Reader(new Uint8Array(buffer));
    const layers = {};
    reader.fields((field) => {
      if (field !== 3) return false;
      const layer = readLayer(reader.chunk());
      layers[layer.name] = layer;
      return true;
    });
    return layers;
  };
})();
