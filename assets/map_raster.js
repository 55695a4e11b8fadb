/**
 * Turn polygons into a raster of unit numbers, once a view; a recolour is then one pass over
 * pixels.
 * Canvas drawing would blend neighbours at their common edge, so the fill is done here, pixel
 * centre by pixel centre.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  /** A raster of `unit + 1` (0 = nothing), row by row. */
  class IdRaster {
    constructor(width, height) {
      this.width = width;
      this.height = height;
      this.ids = new Int32Array(width * height);
      this.rows = Array.from({ length: height }, () => []);
    }

    /**
     * Note where an edge crosses pixel rows. The lower end comes first, so that two neighbours
     * compute the same crossing for their common edge and leave neither gap nor overlap.
     */
    edge(ax, ay, bx, by, top, bottom) {
      if (ay > by) [ax, ay, bx, by] = [bx, by, ax, ay];
      const first = Math.max(top, Math.ceil(ay - 0.5));
      const last = Math.min(bottom, Math.ceil(by - 0.5));
      if (first >= last) return;
      const slope = (bx - ax) / (by - ay);
      for (let row = first; row < last; row++) {
        this.rows[row].push(ax + (row + 0.5 - ay) * slope);
      }
    }

    /**
     * Fill one polygon, even-odd, inside a clip rectangle.
     * @param {number} id `unit + 1`.
     * @param {number[][]} rings Flat coordinates in tile units.
     * @param {{scale, dx, dy, left, top, right, bottom}} place Tile units to raster pixels, and the
     *   clip.
     */
    fill(id, rings, place) {
      let low = Infinity;
      let high = -Infinity;
      rings.forEach((ring) => {
        let ax = ring[ring.length - 2] * place.scale + place.dx;
        let ay = ring[ring.length - 1] * place.scale + place.dy;
        for (let k = 0; k < ring.length; k += 2) {
          const bx = ring[k] * place.scale + place.dx;
          const by = ring[k + 1] * place.scale + place.dy;
          this.edge(ax, ay, bx, by, place.top, place.bottom);
          if (by < low) low = by;
          if (by > high) high = by;
          ax = bx;
          ay = by;
        }
      });
      const first = Math.max(place.top, Math.ceil(low - 0.5));
      const last = Math.min(place.bottom, Math.ceil(high - 0.5));
      for (let row = first; row < last; row++) this.span(id, row, place.left, place.right);
    }

    /** Fill the spans of a row between its crossings, and forget them. */
    span(id, row, left, right) {
      const crossings = this.rows[row];
      if (crossings.length > 2) crossings.sort((a, b) => a - b);
      else if (crossings.length === 2 && crossings[0] > crossings[1]) crossings.reverse();
      const start = row * this.width;
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const from = Math.max(left, Math.ceil(crossings[k] - 0.5));
        const to = Math.min(right, Math.ceil(crossings[k + 1] - 0.5));
        if (from < to) this.ids.fill(id, start + from, start + to);
      }
      crossings.length = 0;
    }

    /** Close holes of one pixel between neighbours whose coordinates were rounded apart. */
    closePinholes() {
      const { ids, width, height } = this;
      for (let y = 1; y < height - 1; y++) {
        for (let at = y * width + 1, end = at + width - 2; at < end; at++) {
          if (ids[at] !== 0) continue;
          const left = ids[at - 1];
          const right = ids[at + 1];
          const above = ids[at - width];
          const below = ids[at + width];
          if ((left && right && (above || below)) || (above && below && (left || right))) {
            ids[at] = left || right;
          }
        }
      }
    }

    /** Give the unit at a pixel, or -1. */
    unitAt(x, y) {
      if (x < 0 || y < 0 || x >= this.width || y >= this.height) return -1;
      return this.ids[Math.floor(y) * this.width + Math.floor(x)] - 1;
    }

    /**
     * Colour every pixel.
     * @param {Uint32Array} out Pixels of an ImageData, same size.
     * @param {Uint8Array} codes Code of each unit.
     * @param {{plain: Uint32Array, stripe: Uint32Array}} palette
     * @param {{period: number, width: number}} hatch Raster pixels.
     * @param {{inside: Uint8Array, outside: Uint32Array}|null} wash Units that are not `inside`
     *   take the colours of `outside`.
     */
    paint(out, codes, palette, hatch, wash) {
      const { ids, width, height } = this;
      const { plain, stripe } = palette;
      const inside = wash ? wash.inside : null;
      for (let y = 0, at = 0; y < height; y++) {
        for (let x = 0; x < width; x++, at++) {
          const unit = ids[at] - 1;
          if (unit < 0) {
            out[at] = 0;
            continue;
          }
          const code = codes[unit];
          if (inside && !inside[unit]) out[at] = wash.outside[code];
          else if (code === 255 && (x + y) % hatch.period < hatch.width) out[at] = stripe[code];
          else out[at] = plain[code];
        }
      }
    }
  }

  LC.IdRaster = IdRaster;
})();
