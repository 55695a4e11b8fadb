/**
 * The fill of the map: unit numbers per pixel, made once a view; colours, made at every tick of the
 * slider.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.sheetPainters = LC.sheetPainters || {};
  const HATCH_PERIOD_PX = 6;
  const HATCH_WIDTH_PX = 1.5;

  const unitLayer = (entry) => entry.layers && entry.layers.units;

  /** Rasterise the units of a frame; every tile fills its own square only. */
  LC.rasterOf = (frame) => {
    const width = Math.round(frame.width * frame.ratio);
    const height = Math.round(frame.height * frame.ratio);
    const raster = new LC.IdRaster(width, height);
    frame.units.forEach(({ tile, entry }) => {
      const layer = unitLayer(entry);
      if (!layer) return;
      const place = LC.placeOf(frame, tile, layer.extent);
      layer.features.forEach((feature) => {
        if (feature.type === 3) raster.fill(feature.properties.i + 1, feature.parts, place);
      });
    });
    raster.closePinholes();
    raster.image = new ImageData(width, height);
    raster.out = new Uint32Array(raster.image.data.buffer);
    return raster;
  };

  function washed(palette, strength) {
    const outside = new Uint32Array(256);
    for (let code = 0; code < 256; code++) {
      const alpha = Math.round((palette.plain[code] >>> 24) * strength);
      outside[code] = ((palette.plain[code] & 0xffffff) | (alpha << 24)) >>> 0;
    }
    return outside;
  }

  LC.sheetPainters.fill = (context, frame, scene) => {
    const { raster } = frame;
    if (!raster || !scene.codes) {
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      return;
    }
    const hatch = {
      period: Math.round(HATCH_PERIOD_PX * frame.ratio * scene.typeScale),
      width: Math.max(1, Math.round(HATCH_WIDTH_PX * frame.ratio * scene.typeScale)),
    };
    const wash = scene.inside ? { inside: scene.inside, outside: washed(scene.palette, scene.wash) } : null;
    raster.paint(raster.out, scene.codes, scene.palette, hatch, wash);
    context.putImageData(raster.image, 0, 0);
  };
})();
