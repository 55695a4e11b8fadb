/**
 * What stands on top of the map: facilities, labels, the selection, the straight circle, the hover
 * outline.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.sheetPainters = LC.sheetPainters || {};
  const BADGE_M_PER_PX = 7.5;
  const COMMUNITY_M_PER_PX = 6.5;
  const DOT_PX = 3.5;
  const BADGE_PX = 11;
  const ROUTE_PX = 3.5;
  const ROUTE_CASE_PX = 7;

  /** Rectangles already taken, so that no label lies on another mark. */
  class Taken {
    constructor() {
      this.boxes = [];
    }

    add(box) {
      this.boxes.push(box);
    }

    isFree(box) {
      return this.boxes.every(
        (one) => box.right < one.left || box.left > one.right || box.bottom < one.top ||
          box.top > one.bottom
      );
    }
  }

  const boxAround = (x, y, halfWidth, halfHeight) => ({
    left: x - halfWidth,
    right: x + halfWidth,
    top: y - halfHeight,
    bottom: y + halfHeight,
  });

  function pen(context, frame, width, colour, dash) {
    context.lineWidth = width * frame.ratio;
    context.strokeStyle = colour;
    context.setLineDash((dash || []).map((length) => length * frame.ratio));
    context.lineJoin = 'round';
    context.stroke();
    context.setLineDash([]);
  }

  /** Trace GeoJSON outlines: a list of polygons, multipolygons or lines. */
  function outline(context, frame, shapes) {
    const isPosition = (value) => typeof value[0] === 'number';
    const trace = (part, isRing) => {
      part.forEach(([lon, lat], k) => {
        const at = LC.pixelOf(frame, lon, lat);
        if (k === 0) context.moveTo(at.x, at.y);
        else context.lineTo(at.x, at.y);
      });
      if (isRing) context.closePath();
    };
    const walk = (coordinates, isRing) => {
      if (!coordinates.length) return;
      if (isPosition(coordinates[0])) trace(coordinates, isRing);
      else coordinates.forEach((one) => walk(one, isRing));
    };
    context.beginPath();
    shapes.forEach((shape) => walk(shape.coordinates, shape.type.endsWith('Polygon')));
  }

  function selection(context, frame, scene) {
    const { place } = scene;
    if (!place || !place.ring) return;
    outline(context, frame, place.ring);
    pen(context, frame, 6 * scene.typeScale, LC.colour('--halo'));
    pen(context, frame, 2.5 * scene.typeScale, LC.colour('--case'));
  }

  /** Give the walk to the nearest facility, lon and lat; empty where none is drawn. */
  const walkOf = (scene) => (scene.place && scene.place.route) || [];

  /**
   * Draw how far the limit reaches as the crow flies from the facility nearest to the selected
   * place.
   */
  function circle(context, frame, scene) {
    const nearest = scene.place && scene.place.nearest;
    if (!nearest || nearest.lon === null || nearest.lon === undefined || !scene.limit_m) return;
    const at = LC.pixelOf(frame, nearest.lon, nearest.lat);
    const radius = (scene.limit_m / LC.metresPerPixel(frame)) * frame.ratio;
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    pen(context, frame, 4, LC.colour('--halo'));
    pen(context, frame, 1.5, LC.colour('--case'), [6, 4]);
    const [lon, lat] = walkOf(scene)[0] || [scene.place.lon, scene.place.lat];
    const from = LC.pixelOf(frame, lon, lat);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(at.x, at.y);
    pen(context, frame, 4, LC.colour('--halo'));
    pen(context, frame, 1.5, LC.colour('--primary'), [5, 4]);
  }

  /** Draw the walk along the streets from the selected place to the facility nearest to it. */
  function route(context, frame, scene) {
    const line = walkOf(scene);
    if (line.length < 2) return;
    outline(context, frame, [{ type: 'LineString', coordinates: line }]);
    pen(context, frame, ROUTE_CASE_PX * scene.typeScale, LC.colour('--halo'));
    pen(context, frame, ROUTE_PX * scene.typeScale, LC.colour('--primary'));
  }

  function badge(context, frame, at, text, scene, options) {
    const radius = BADGE_PX * scene.badgeScale * frame.ratio;
    if (options.chosen) {
      context.beginPath();
      context.arc(at.x, at.y, radius + 4 * frame.ratio, 0, 2 * Math.PI);
      context.fillStyle = LC.colour('--surface');
      context.fill();
      pen(context, frame, 1.5, LC.colour('--case'));
    }
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    context.fillStyle = LC.colour('--surface');
    context.fill();
    pen(
      context,
      frame,
      2,
      LC.colour(options.open ? '--case' : '--ctl'),
      options.open ? null : [3, 2]
    );
    context.fillStyle = LC.colour(options.open ? '--text' : '--text-2');
    context.font = '600 ' + 12 * scene.badgeScale * frame.ratio + 'px ' + LC.font();
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(options.open ? text : '×', at.x, at.y + 0.5 * frame.ratio);
    return radius;
  }

  function dot(context, frame, at, scene, active) {
    const radius = (active ? DOT_PX : DOT_PX - 1) * frame.ratio * scene.badgeScale;
    context.beginPath();
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
    context.fillStyle = LC.colour(active ? '--surface' : '--bar');
    context.fill();
    if (active) pen(context, frame, 1.75 * scene.badgeScale, LC.colour('--case'));
    return radius;
  }

  function pointsOf(frame, entries, use) {
    entries.forEach(({ tile, entry }) => {
      const layer = entry.layers && entry.layers.facilities;
      if (!layer) return;
      const place = LC.placeOf(frame, tile, layer.extent);
      layer.features.forEach((feature) => {
        const part = feature.parts[0];
        if (!part) return;
        const x = part[0] * place.scale + place.dx;
        const y = part[1] * place.scale + place.dy;
        // A point of the query margin belongs to the neighbour's square.
        if (x < place.left || x >= place.right || y < place.top || y >= place.bottom) return;
        use(feature.properties, { x, y });
      });
    });
  }

  function facilities(context, frame, scene, taken) {
    const isClose = LC.metresPerPixel(frame) < BADGE_M_PER_PX * (
      scene.isDetailed ? scene.typeScale : 1
    );
    frame.shown = [];
    frame.facilities.forEach((one) => {
      pointsOf(frame, one.entries, (properties, at) => {
        const count = properties.n || 1;
        const open = !properties.status || properties.status === 'open';
        const text = count > 1 ? String(count) : one.glyph;
        const asBadge = count > 1 || (isClose && one.active);
        const radius = asBadge
          ? badge(context, frame, at, text, scene, { open })
          : dot(context, frame, at, scene, one.active && open);
        const { name, hours, status } = properties;
        const drawn = { x: at.x, y: at.y, radius, name, count, category: one, hours, status };
        frame.shown.push(drawn);
        taken.add(boxAround(at.x, at.y, radius, radius));
      });
    });
    const nearest = scene.place && scene.place.nearest;
    if (!nearest || nearest.lon === undefined || nearest.lon === null) return;
    const at = LC.pixelOf(frame, nearest.lon, nearest.lat);
    badge(context, frame, at, scene.glyph, scene, { chosen: true, open: true });
  }

  /** Write a label with a halo where nothing else stands; say whether there was room. */
  function label(context, frame, scene, taken, spec) {
    const at = LC.pixelOf(frame, spec.lon, spec.lat);
    const size = spec.size * scene.typeScale * frame.ratio;
    const lines = [[spec.name, spec.bold ? '600 ' : '400 ']];
    if (spec.value) lines.push([spec.value, '400 ']);
    const widths = lines.map(([text, weight]) => {
      context.font = weight + size + 'px ' + LC.font();
      return context.measureText(text).width;
    });
    const halfHeight = (lines.length * size * 1.15) / 2;
    const box = boxAround(at.x, at.y, Math.max(...widths) / 2, halfHeight);
    const isOff = box.right < 0 || box.bottom < 0 || box.left > context.canvas.width ||
      box.top > context.canvas.height;
    if (isOff || (!spec.always && !taken.isFree(box))) return false;
    taken.add(box);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    lines.forEach(([text, weight], k) => {
      const y = at.y - halfHeight + size * (0.575 + k * 1.15);
      context.font = weight + size + 'px ' + LC.font();
      context.lineWidth = 3 * frame.ratio * scene.typeScale;
      context.lineJoin = 'round';
      context.strokeStyle = LC.colour('--halo');
      context.strokeText(text, at.x, y);
      context.fillStyle = LC.colour('--text');
      context.fillText(text, at.x, y);
    });
    return true;
  }

  function labels(context, frame, scene, taken) {
    scene.labels.forEach(
      (one) => label(context, frame, scene, taken, { ...one, bold: true, size: 14 })
    );
    const limit = COMMUNITY_M_PER_PX * (scene.isDetailed ? scene.typeScale : 1);
    if (LC.metresPerPixel(frame) > limit) return;
    scene.smallLabels.forEach((one) => label(context, frame, scene, taken, { ...one, size: 12 }));
  }

  /** Keep labels from under what stands on the map: legend, buttons, scale. */
  function reserve(taken, frame, scene) {
    scene.reserved.forEach((box) => {
      taken.add({
        left: (box.left + frame.inset.x) * frame.ratio,
        right: (box.right + frame.inset.x) * frame.ratio,
        top: (box.top + frame.inset.y) * frame.ratio,
        bottom: (box.bottom + frame.inset.y) * frame.ratio,
      });
    });
  }

  LC.sheetPainters.marks = (context, frame, scene) => {
    const taken = new Taken();
    reserve(taken, frame, scene);
    if (scene.showCircle) circle(context, frame, scene);
    selection(context, frame, scene);
    if (scene.showCircle) route(context, frame, scene);
    LC.paintWays(context, frame, scene);
    facilities(context, frame, scene, taken);
    labels(context, frame, scene, taken);
  };

  LC.sheetPainters.hover = (context, frame, scene) => {
    if (scene.hover === null || scene.hover === undefined || scene.hover < 0) return;
    context.globalAlpha = 0.7;
    LC.traceUnit(context, frame, scene.hover, () => {
      pen(context, frame, 5 * scene.typeScale, LC.colour('--halo'));
    });
    LC.traceUnit(context, frame, scene.hover, () => {
      pen(context, frame, 2 * scene.typeScale, LC.colour('--case'));
    });
    context.globalAlpha = 1;
  };

  /** Give the facility drawn under a point of the frame (device pixels), or null. */
  LC.facilityAt = (frame, x, y) => {
    const reach = 4 * frame.ratio;
    const hit = (frame.shown || []).filter(
      (one) => Math.hypot(one.x - x, one.y - y) <= one.radius + reach
    );
    return hit.length ? hit[hit.length - 1] : null;
  };

  let font = null;
  LC.font = () => {
    if (!font) font = getComputedStyle(document.body).fontFamily || 'sans-serif';
    return font;
  };
})();
