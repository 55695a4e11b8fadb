/**
 * Fetch, decode and keep vector tiles, and say which tiles a view needs.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const KEPT = 400;
  const MAX_ZOOM = 18;
  // One step coarser than the screen: a quarter of the requests at an eighth of a pixel of
  // precision.
  const SHIFT = 1;
  const held = new Map();

  function remember(key, entry) {
    held.set(key, entry);
    if (held.size > KEPT) held.delete(held.keys().next().value);
  }

  async function download(url) {
    const response = await fetch(url);
    if (response.status === 204) return {};
    if (!response.ok) throw new Error('The server answered ' + response.status + ' for ' + url);
    return LC.decodeTile(await response.arrayBuffer());
  }

  /**
   * Give a tile's entry: `{promise, layers}`; `layers` is set once it is here, and empty after a
   * failure.
   */
  function entryOf(release, layer, z, x, y) {
    const key = [release, layer, z, x, y].join('/');
    const known = held.get(key);
    if (known) {
      held.delete(key);
      held.set(key, known);
      return known;
    }
    const entry = { layers: null, promise: null };
    entry.promise = download(LC.address('/tiles/' + key + '.mvt')).then(
      (layers) => (entry.layers = layers),
      () => {
        held.delete(key);
        entry.isFailed = true;
        return (entry.layers = {});
      }
    );
    remember(key, entry);
    return entry;
  }

  /**
   * List the tiles that a pixel rectangle needs.
   * @param {L.Map} map
   * @param {L.Bounds} pixels Layer pixels of the map at its present zoom, as of `map.project`.
   * @param {number} [least] The coarsest zoom that will do.
   * @returns {Array<{z, x, y, left, top, size}>} `left top size` are projected pixels.
   */
  LC.tilesOf = (map, pixels, least) => {
    const zoom = map.getZoom();
    const z = Math.max(least || 0, Math.min(MAX_ZOOM, Math.round(zoom) - SHIFT));
    const size = 256 * Math.pow(2, zoom - z);
    const last = Math.pow(2, z) - 1;
    const clamp = (value) => Math.max(0, Math.min(last, Math.floor(value / size)));
    const list = [];
    for (let y = clamp(pixels.min.y); y <= clamp(pixels.max.y); y++) {
      for (let x = clamp(pixels.min.x); x <= clamp(pixels.max.x); x++) {
        list.push({ z, x, y, left: x * size, top: y * size, size });
      }
    }
    return list;
  };

  /** Give the entries of a layer for a list of tiles. */
  LC.tileEntries = (release, layer, tiles) =>
    tiles.map((tile) => ({ tile, entry: entryOf(release, layer, tile.z, tile.x, tile.y) }));
})();
