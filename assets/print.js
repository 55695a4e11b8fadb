/**
 * Print: the map as one still picture with its scale, and a line that says what the numbers are.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const SHEETS = ['ground', 'fill', 'strokes', 'marks'];
  const MARGIN_PX = 14;

  /** Draw north arrow and scale bar in the corner of the still: it is scaled as a whole. */
  function furniture(context, size, map, ratio) {
    const metres = LC.metresPerPixel({ latitude: map.getCenter().lat, zoom: map.getZoom() });
    const step = LC.scaleStep(metres, Math.min(150, size.x / 5));
    const right = size.x - MARGIN_PX;
    const bottom = size.y - MARGIN_PX;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = '#52606d';
    context.fillStyle = '#52606d';
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(right - step.width, bottom - 5);
    context.lineTo(right - step.width, bottom);
    context.lineTo(right, bottom);
    context.lineTo(right, bottom - 5);
    context.stroke();
    context.font = '12px ' + LC.font();
    context.textAlign = 'center';
    context.fillText(
      step.metres >= 1000 ? step.metres / 1000 + ' km' : step.metres + ' m',
      right - step.width / 2,
      bottom - 8
    );
    context.fillText(LC.t('map_north') + ' ▲', right - 14, bottom - 28);
  }

  /** Give what the map shows now as one canvas, or null while there is no picture. */
  LC.mapStill = () => {
    const map = LC.map && LC.map.get();
    const stack = LC.map && LC.map.stack();
    if (!map || !stack || !stack.frame) return null;
    const { frame } = stack;
    const size = map.getSize();
    const still = document.createElement('canvas');
    still.width = Math.round(size.x * frame.ratio);
    still.height = Math.round(size.y * frame.ratio);
    const context = still.getContext('2d');
    context.fillStyle = LC.colour('--surface');
    context.fillRect(0, 0, still.width, still.height);
    const corner = map.project(
      map.containerPointToLatLng([0, 0]),
      frame.zoom
    ).subtract(frame.origin);
    SHEETS.forEach((name) => {
      context.drawImage(stack.canvas[name], -corner.x * frame.ratio, -corner.y * frame.ratio);
    });
    furniture(context, size, map, frame.ratio);
    return still;
  };

  function footText(app) {
    const { view } = app;
    const lines = [
      LC.t(
        'print_basis',
        { ...LC.wordsOf(app), month: LC.month(view.month), release: view.release }
      ),
    ];
    if (view.is_synthetic) lines.push(LC.t('synthetic'));
    if (view.attribution) lines.push(view.attribution);
    if (view.map_approval) lines.push(view.map_approval);
    return lines.join('　');
  }

  function prepare() {
    const { app } = LC;
    const main = LC.byId('main');
    if (!main || !app.view) return;
    document.documentElement.setAttribute('data-theme', 'light');
    const stack = LC.map && LC.map.stack();
    if (stack && app.state.th === 'dark') LC.map.update(app);
    const still = LC.mapStill();
    const wrap = document.querySelector('.map-wrap');
    if (still && wrap) {
      wrap.insertBefore(
        LC.h(
          'img',
          { class: 'map-still', alt: LC.t('map_title'), src: still.toDataURL('image/png') }
        ),
        wrap.firstChild
      );
    }
    main.parentNode.appendChild(LC.h('p', { class: 'print-foot note' }, footText(app)));
  }

  function restore() {
    document.querySelectorAll('.map-still, .print-foot').forEach((node) => node.remove());
    if (LC.app.state) LC.syncShell(LC.app);
    LC.requestDraw();
  }

  window.addEventListener('beforeprint', prepare);
  window.addEventListener('afterprint', restore);
})();
