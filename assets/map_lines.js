/**
 * Ground under the fill and strokes over it: water, green, streets, bridges, railway, boundaries.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.sheetPainters = LC.sheetPainters || {};
  // The zoom at which inner streets and community lines appear: metres of one CSS pixel.
  const CLOSE_M_PER_PX = 8;
  const BUILDINGS_M_PER_PX = 2.2;
  const JOIN_UNIT_PX = 7;
  const STREET_M_PER_PX = 60;
  const CORRIDOR_M = 70; // a railway with its banks

  function trace(context, feature, place, close) {
    feature.parts.forEach((part) => {
      for (let k = 0; k < part.length; k += 2) {
        const x = part[k] * place.scale + place.dx;
        const y = part[k + 1] * place.scale + place.dy;
        if (k === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      if (close) context.closePath();
    });
  }

  /**
   * Draw the features of one layer that `wanted` accepts, tile by tile, each clipped to its square.
   */
  function draw(context, frame, source, name, wanted, finish) {
    source.forEach(({ tile, entry }) => {
      const layer = entry.layers && entry.layers[name];
      if (!layer) return;
      const place = LC.placeOf(frame, tile, layer.extent);
      context.save();
      context.beginPath();
      context.rect(place.left, place.top, place.right - place.left, place.bottom - place.top);
      context.clip();
      context.beginPath();
      layer.features.forEach((feature) => {
        if (!wanted || wanted(feature.properties)) trace(
          context,
          feature,
          place,
          feature.type === 3
        );
      });
      finish();
      context.restore();
    });
  }

  /**
   * A pen: stroke every wanted line with each `[width, colour, dash]` in turn, wider ones first.
   */
  function stroke(context, frame, scene, name, wanted, pens) {
    const unit = frame.ratio * scene.weight;
    pens.forEach(([width, colour, dash]) => {
      draw(context, frame, frame.ground, name, wanted, () => {
        context.lineWidth = width * unit;
        context.strokeStyle = colour;
        context.setLineDash((dash || []).map((length) => length * unit));
        context.lineJoin = 'round';
        context.lineCap = 'butt';
        context.stroke();
      });
    });
  }

  function area(context, frame, name, colour) {
    draw(context, frame, frame.ground, name, null, () => {
      context.fillStyle = colour;
      context.fill('evenodd');
    });
  }

  const kindOf = (properties) => String(properties.kind || '');
  const isMajor = (properties) => kindOf(properties).startsWith('major');
  const isMinor = (properties) => kindOf(properties) === 'minor';
  const isPath = (properties) => kindOf(properties) === 'path';
  const isBridge = (properties) => /^major.*bridge/.test(kindOf(properties));

  LC.sheetPainters.ground = (context, frame, scene) => {
    const out = LC.colour('--map-out');
    area(context, frame, 'green', LC.colour('--map-green'));
    area(context, frame, 'water', LC.colour('--map-water'));
    stroke(context, frame, scene, 'roads', isMajor, [[1.6, out]]);
    stroke(context, frame, scene, 'railways', null, [[1.6, out]]);
    if (LC.metresPerPixel(frame) < CLOSE_M_PER_PX / 2) {
      stroke(context, frame, scene, 'roads', isMinor, [[0.8, out]]);
    }
  };

  /**
   * Keep only what lies over a unit: white streets on bare ground would rub out the grey ones
   * below.
   */
  function keepOverFill(context, frame) {
    const { raster } = frame;
    if (!raster) return;
    if (!raster.mask) {
      const mask = new ImageData(raster.width, raster.height);
      const out = new Uint32Array(mask.data.buffer);
      for (let at = 0; at < out.length; at++) if (raster.ids[at]) out[at] = 0xffffffff;
      raster.mask = document.createElement('canvas');
      raster.mask.width = raster.width;
      raster.mask.height = raster.height;
      raster.mask.getContext('2d').putImageData(mask, 0, 0);
    }
    context.globalCompositeOperation = 'destination-in';
    context.drawImage(raster.mask, 0, 0);
    context.globalCompositeOperation = 'source-over';
  }

  function joins(context, frame, scene) {
    if (scene.unitPx < JOIN_UNIT_PX) return;
    const nobody = (properties) => scene.codes && scene.codes[properties.i] === 253;
    const pens = [
      [0.7 * scene.weight, LC.colour('--map-join'), (p) => !nobody(p)],
      [0.6, LC.colour('--ctl'), nobody],
    ];
    pens.forEach(([width, colour, wanted]) => {
      draw(context, frame, frame.units, 'units', wanted, () => {
        context.lineWidth = width * frame.ratio;
        context.strokeStyle = colour;
        context.lineJoin = 'round';
        context.stroke();
      });
    });
  }

  function streets(context, frame, scene, metres) {
    const road = LC.colour('--map-road');
    if (metres < CLOSE_M_PER_PX) {
      context.globalAlpha = 0.45;
      stroke(context, frame, scene, 'roads', isMinor, [[metres < 3 ? 1.6 : 0.6, road]]);
      if (metres < 3) stroke(context, frame, scene, 'roads', isPath, [[0.6, road, [3, 2]]]);
      context.globalAlpha = 1;
    }
    stroke(context, frame, scene, 'roads', isMajor, [[metres < 30 ? 2.2 : 1.2, road]]);
  }

  function buildings(context, frame) {
    context.globalAlpha = 0.14;
    area(context, frame, 'buildings', LC.colour('--case'));
    context.globalAlpha = 1;
  }

  function boundaryLines(context, frame, scene, metres) {
    const ofLevel = (level) => (properties) => properties.level === level;
    const line = (level, pens) => stroke(context, frame, scene, 'boundary', ofLevel(level), pens);
    const dark = LC.colour('--case');
    const casing = LC.colour('--halo');
    if (metres < CLOSE_M_PER_PX) line(
      'community',
      [[0.75, LC.colour('--map-community'), [3, 2.2]]]
    );
    if (metres < STREET_M_PER_PX) {
      line('street', [
        [3.2, casing],
        [1.25, dark],
      ]);
    }
    line('district', [
      [3.6, casing],
      [1.8, dark],
    ]);
    line('city', [[1.8, dark]]);
  }

  /**
   * Take away what runs along water, green or a railway: those are seen as boundaries themselves.
   */
  function rubOutAlongGround(context, frame, scene, metres) {
    context.globalCompositeOperation = 'destination-out';
    const width = 9 * frame.ratio * scene.weight;
    ['water', 'green'].forEach((name) => {
      draw(context, frame, frame.ground, name, null, () => {
        context.setLineDash([]);
        context.lineWidth = width;
        context.lineJoin = 'round';
        context.strokeStyle = '#000000';
        context.fillStyle = '#000000';
        context.fill('evenodd');
        context.stroke();
      });
    });
    const corridor = Math.max(9, CORRIDOR_M / metres / scene.weight);
    stroke(context, frame, scene, 'railways', null, [[corridor, '#000000']]);
  }

  function boundaries(context, frame, scene, metres) {
    const sheet = document.createElement('canvas');
    sheet.width = context.canvas.width;
    sheet.height = context.canvas.height;
    const lines = sheet.getContext('2d');
    boundaryLines(lines, frame, scene, metres);
    rubOutAlongGround(lines, frame, scene, metres);
    context.drawImage(sheet, 0, 0);
  }

  LC.sheetPainters.strokes = (context, frame, scene) => {
    const metres = LC.metresPerPixel(frame);
    joins(context, frame, scene);
    if (metres < BUILDINGS_M_PER_PX) buildings(context, frame);
    area(context, frame, 'water', LC.colour('--map-water'));
    if (metres < CLOSE_M_PER_PX / 2) {
      stroke(context, frame, scene, 'barriers', null, [[0.9, LC.colour('--map-community')]]);
    }
    streets(context, frame, scene, metres);
    keepOverFill(context, frame);
    boundaries(context, frame, scene, metres);
    stroke(context, frame, scene, 'roads', isBridge, [
      [5, LC.colour('--ctl')],
      [3.2, LC.colour('--surface')],
    ]);
    const rails = [
      [2.6, LC.colour('--map-rail')],
      [1.4, LC.colour('--surface'), [7, 7]],
    ];
    if (metres < CLOSE_M_PER_PX) rails.unshift([9, LC.colour('--map-out')]);
    stroke(context, frame, scene, 'railways', null, rails);
  };

  /** Trace one unit's outline on a sheet, from every tile that shows it. */
  LC.traceUnit = (context, frame, unit, finish) =>
    draw(context, frame, frame.units, 'units', (properties) => properties.i === unit, finish);
})();
