/**
 * A pile of canvases over the whole view: ground, fill, strokes, marks, hover. One canvas for the
 * view instead of
 * tile images lets the map stand at any zoom, sharp, so that an area fills its panel.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  if (!window.L) return;
  const L = window.L;
  const SHEETS = ['ground', 'fill', 'strokes', 'marks', 'hover'];
  const PADDING = 0.2;
  const PATIENCE_MS = 500;
  // Up to so many facilities each keeps its own dot: tiles from this zoom on hold no clusters.
  const FEW = 300;
  const UNCLUSTERED_ZOOM = 13;
  const MOST_TILES = 64;

  /**
   * Leaflet layer. `scene` says what to draw (see `map.js`); `frame` is the view that is on the
   * canvases:
   * `{zoom, center, origin (projected pixels of the corner), width, height, ratio, tiles, units,
   * ground, facilities}`.
   */
  LC.MapStack = L.Layer.extend({
    initialize() {
      this.scene = null;
      this.frame = null;
      this.canvas = {};
      this.settled = null;
    },

    onAdd(map) {
      this.box = L.DomUtil.create(
        'div',
        'map-stack leaflet-zoom-animated',
        map.getPane('tilePane')
      );
      SHEETS.forEach((name) => {
        this.canvas[name] = L.DomUtil.create('canvas', 'map-sheet map-sheet-' + name, this.box);
        this.canvas[name].setAttribute('aria-hidden', 'true');
      });
      if (map._loaded) this.prepare();
    },

    onRemove() {
      this.box.remove();
    },

    getEvents() {
      return {
        viewreset: this.follow,
        zoom: this.follow,
        zoomanim: (event) => this.transform(event.center, event.zoom),
        moveend: this.prepare,
        resize: this.prepare,
      };
    },

    follow() {
      this.transform(this._map.getCenter(), this._map.getZoom());
    },

    /** Keep the old picture in its place, scaled, until the new one is ready. */
    transform(center, zoom) {
      if (!this.frame) return;
      const map = this._map;
      const scale = map.getZoomScale(zoom, this.frame.zoom);
      const corner = L.point(this.frame.origin).multiplyBy(scale);
      const offset = corner.subtract(map._getNewPixelOrigin(center, zoom));
      L.DomUtil.setTransform(this.box, offset, scale);
    },

    setScene(scene) {
      const old = this.scene;
      this.scene = scene;
      const same =
        old && ['release', 'unit', 'facilityKey'].every((key) => old[key] === scene[key]);
      if (!same || !this.frame) this.prepare();
      else this.paint(old.strokeKey === scene.strokeKey ? ['fill', 'marks'] : null);
    },

    newFrame() {
      const map = this._map;
      const size = map.getSize();
      const corner = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
      const origin = corner.add(map.getPixelOrigin());
      const extent = size.multiplyBy(1 + 2 * PADDING).round();
      const box = L.bounds(origin, origin.add(extent));
      const tiles = LC.tilesOf(map, box);
      const { release, unit, facilities } = this.scene;
      const single = this.unclusteredTiles(box);
      return {
        zoom: map.getZoom(),
        origin,
        width: extent.x,
        height: extent.y,
        ratio: Math.min(3, Math.max(1, window.devicePixelRatio || 1)),
        latitude: map.getCenter().lat,
        inset: size.multiplyBy(PADDING).round(),
        tiles,
        units: LC.tileEntries(release, LC.layerOfUnit(unit), tiles),
        ground: LC.tileEntries(release, 'ground', tiles),
        facilities: facilities.map((one) => ({
          ...one,
          entries: LC.tileEntries(
            release,
            'facility-' + one.code,
            one.count <= FEW && single.length <= MOST_TILES ? single : tiles
          ),
        })),
      };
    },

    /**
     * List the tiles that hold every facility by itself. On a small screen they are many: those of
     * the area in view are enough then.
     */
    unclusteredTiles(box) {
      const map = this._map;
      const all = LC.tilesOf(map, box, UNCLUSTERED_ZOOM);
      if (all.length <= MOST_TILES) return all;
      const [west, south, east, north] = this.scene.bounds;
      const area = L.bounds(map.project([north, west]), map.project([south, east]));
      const low = L.point(Math.max(box.min.x, area.min.x), Math.max(box.min.y, area.min.y));
      const high = L.point(Math.min(box.max.x, area.max.x), Math.min(box.max.y, area.max.y));
      return LC.tilesOf(map, L.bounds(low, high), UNCLUSTERED_ZOOM);
    },

    /**
     * Ask for what the view needs; show it when it is complete, or what there is after a moment.
     */
    prepare() {
      if (!this.scene || !this._map || !this._map.getSize().x) return;
      const frame = this.newFrame();
      this.pending = frame;
      const wanted = [frame.units, frame.ground].concat(frame.facilities.map((one) => one.entries));
      const missing = wanted.flat().filter((one) => one.entry.layers === null);
      const show = () => this.pending === frame && this._map && this.commit(frame);
      if (!missing.length) {
        show();
        return;
      }
      const all = Promise.all(missing.map((one) => one.entry.promise));
      const early = this.frame ? setTimeout(show, PATIENCE_MS) : 0;
      all.then(() => {
        clearTimeout(early);
        // Of nothing at all no picture is made: the old one, scaled, says more.
        const isNone = missing.every((one) => one.entry.isFailed);
        if (!isNone || !this.frame) show();
      });
    },

    commit(frame) {
      const zoomed = this._map.getZoom() !== frame.zoom;
      if (zoomed) return;
      this.frame = frame;
      frame.raster = LC.rasterOf(frame);
      const width = Math.round(frame.width * frame.ratio);
      const height = Math.round(frame.height * frame.ratio);
      SHEETS.forEach((name) => {
        const canvas = this.canvas[name];
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = frame.width + 'px';
        canvas.style.height = frame.height + 'px';
      });
      this.follow();
      this.paint(null);
      if (this.settled) this.settled();
    },

    /** Redraw the named sheets, or all. */
    paint(names) {
      if (!this.frame || !this.scene) return;
      (names || SHEETS).forEach((name) => {
        const context = this.canvas[name].getContext('2d');
        context.setTransform(1, 0, 0, 1, 0, 0);
        if (name !== 'fill') {
          context.clearRect(0, 0, this.canvas[name].width, this.canvas[name].height);
        }
        LC.sheetPainters[name](context, this.frame, this.scene);
      });
    },

    /** Give the unit under a point of the map's container, or -1. */
    unitAt(containerPoint) {
      const { frame } = this;
      if (!frame || !frame.raster) return -1;
      const projected = this._map.project(
        this._map.containerPointToLatLng(containerPoint),
        frame.zoom
      );
      const at = projected.subtract(frame.origin).multiplyBy(frame.ratio);
      return frame.raster.unitAt(at.x, at.y);
    },

    setHover(unit) {
      if (!this.scene || this.scene.hover === unit) return;
      this.scene.hover = unit;
      this.paint(['hover']);
    },
  });

  LC.sheetPainters = LC.sheetPainters || {};

  /**
   * Where a tile lies on the sheets of a frame, in device pixels, on whole pixels so that tiles
   * meet.
   */
  LC.placeOf = (frame, tile, extent) => {
    const edge = (value, origin) => Math.round((value - origin) * frame.ratio);
    const left = edge(tile.left, frame.origin.x);
    const top = edge(tile.top, frame.origin.y);
    return {
      left: Math.max(0, left),
      top: Math.max(0, top),
      right: Math.min(
        Math.round(frame.width * frame.ratio),
        edge(tile.left + tile.size, frame.origin.x)
      ),
      bottom: Math.min(
        Math.round(frame.height * frame.ratio),
        edge(tile.top + tile.size, frame.origin.y)
      ),
      dx: (tile.left - frame.origin.x) * frame.ratio,
      dy: (tile.top - frame.origin.y) * frame.ratio,
      scale: (tile.size * frame.ratio) / extent,
    };
  };

  /** Metres on the ground of one CSS pixel of a frame. */
  LC.metresPerPixel = (frame) =>
    (40075016.686 * Math.cos((frame.latitude * Math.PI) / 180)) / (256 * Math.pow(2, frame.zoom));

  /** Turn degrees into device pixels of a frame. */
  LC.pixelOf = (frame, lon, lat) => {
    const point = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), frame.zoom);
    return {
      x: (point.x - frame.origin.x) * frame.ratio,
      y: (point.y - frame.origin.y) * frame.ratio,
    };
  };
})();
