/**
 * Ways drawn over the map: the walk, the straight line it is measured against, what is proposed.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const DIAMOND_PX = 11;
  const START_PX = 5;
  const RING_PX = 15;
  // Wider ones lie below: each kind has a casing and a core, `[width, token, dash]`.
  const PENS = {
    route: [[7, '--halo'], [3.5, '--primary']],
    straight: [[4, '--halo'], [1.5, '--case', [6, 4]]],
    fix: [[9, '--halo'], [5, '--proposed']],
  };

  function trace(context, frame, line) {
    context.beginPath();
    line.forEach(([lon, lat], k) => {
      const at = LC.pixelOf(frame, lon, lat);
      if (k === 0) context.moveTo(at.x, at.y);
      else context.lineTo(at.x, at.y);
    });
  }

  function stroke(context, frame, scene, path) {
    trace(context, frame, path.line);
    PENS[path.kind].forEach(([width, token, dash]) => {
      context.lineWidth = width * frame.ratio * scene.typeScale;
      context.strokeStyle = LC.colour(token);
      context.setLineDash((dash || []).map((length) => length * frame.ratio));
      context.lineJoin = 'round';
      context.lineCap = 'round';
      context.stroke();
    });
    context.setLineDash([]);
    context.lineCap = 'butt';
  }

  function diamond(context, frame, scene, point) {
    const at = LC.pixelOf(frame, point.lon, point.lat);
    const half = DIAMOND_PX * frame.ratio * scene.badgeScale;
    context.beginPath();
    context.moveTo(at.x, at.y - half);
    context.lineTo(at.x + half, at.y);
    context.lineTo(at.x, at.y + half);
    context.lineTo(at.x - half, at.y);
    context.closePath();
    context.fillStyle = LC.colour('--proposed');
    context.strokeStyle = LC.colour('--halo');
    context.lineWidth = 2 * frame.ratio;
    context.fill();
    context.stroke();
    context.font = '600 ' + 12 * frame.ratio * scene.badgeScale + 'px ' + LC.font();
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = LC.colour('--on-proposed');
    context.fillText(point.text, at.x, at.y + 0.5 * frame.ratio);
  }

  function start(context, frame, scene, point) {
    const at = LC.pixelOf(frame, point.lon, point.lat);
    context.beginPath();
    context.arc(at.x, at.y, START_PX * frame.ratio * scene.badgeScale, 0, 2 * Math.PI);
    context.fillStyle = LC.colour('--case');
    context.strokeStyle = LC.colour('--halo');
    context.lineWidth = 2 * frame.ratio;
    context.fill();
    context.stroke();
  }

  /** Ring what is chosen in a list of facilities; its own mark is drawn into the ring. */
  function ring(context, frame, scene, point) {
    const at = LC.pixelOf(frame, point.lon, point.lat);
    [[6, '--halo'], [3, '--primary']].forEach(([width, token]) => {
      context.beginPath();
      context.arc(at.x, at.y, RING_PX * frame.ratio * scene.badgeScale, 0, 2 * Math.PI);
      context.lineWidth = width * frame.ratio;
      context.strokeStyle = LC.colour(token);
      context.stroke();
    });
  }

  /**
   * Draw `scene.ways`: `{lines: [{kind, line}], start: {lon, lat}, sites: [{lon, lat, text}],
   * chosen: {lon, lat}}`.
   */
  LC.paintWays = (context, frame, scene) => {
    const { ways } = scene;
    if (!ways) return;
    ways.lines.forEach((path) => stroke(context, frame, scene, path));
    if (ways.chosen) ring(context, frame, scene, ways.chosen);
    if (ways.start) start(context, frame, scene, ways.start);
    ways.sites.forEach((point) => diamond(context, frame, scene, point));
  };
})();
