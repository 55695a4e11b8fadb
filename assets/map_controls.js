/**
 * Small controls on the map: nearer, farther, whole area; scale bar and north arrow.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  if (!window.L) return;
  const L = window.L;
  const WIDEST_PX = 150;

  function button(key, text, press) {
    const node = LC.h(
      'button',
      { type: 'button', class: 'map-button', title: LC.t(key), 'aria-label': LC.t(key) },
      text
    );
    L.DomEvent.disableClickPropagation(node);
    node.addEventListener('click', press);
    return node;
  }

  LC.MapButtons = L.Control.extend({
    options: { position: 'topleft' },
    initialize(fit) {
      this.fit = fit;
    },
    onAdd(map) {
      this.box = LC.h('div', { class: 'map-buttons' });
      this.label();
      this.map = map;
      return this.box;
    },
    /** On a phone the legend would cover the map: it comes and goes with this button. */
    legendButton() {
      const node = button('legend_show', LC.t('legend_show'), () => {
        LC.showLegend(!document.documentElement.classList.contains('shows-legend'));
      });
      node.classList.add('map-legend-button');
      return node;
    },
    label() {
      LC.replace(
        this.box,
        button('map_nearer', '+', () => this.map.zoomIn(1)),
        button('map_farther', '−', () => this.map.zoomOut(1)),
        button('map_fit', LC.t('map_fit_short'), () => this.fit()),
        this.legendButton()
      );
    },
  });

  /** Show or hide the legend of a phone's map. */
  LC.showLegend = (isShown) => {
    document.documentElement.classList.toggle('shows-legend', isShown);
    const node = document.querySelector('.map-legend-button');
    if (node) node.setAttribute('aria-expanded', String(isShown));
    LC.requestDraw();
  };

  /** Give the largest of 1, 2, 5 x 10^k metres that is no wider than `WIDEST_PX`. */
  LC.scaleStep = (metresPerPixel, widest) => {
    const most = metresPerPixel * widest;
    const power = Math.pow(10, Math.floor(Math.log10(most)));
    const step = [5, 2, 1].find((one) => one * power <= most) * power;
    return { metres: step, width: step / metresPerPixel };
  };

  LC.MapScale = L.Control.extend({
    options: { position: 'bottomright' },
    onAdd(map) {
      this.map = map;
      this.box = LC.h('div', { class: 'map-scale' });
      map.on('zoomend moveend', this.draw, this);
      return this.box;
    },
    onRemove(map) {
      map.off('zoomend moveend', this.draw, this);
    },
    draw() {
      if (!this.map._loaded) return;
      const latitude = this.map.getCenter().lat;
      const metres = LC.metresPerPixel({ latitude, zoom: this.map.getZoom() });
      const widest = Math.min(WIDEST_PX, this.map.getSize().x / 5);
      const step = LC.scaleStep(metres, widest);
      const isKm = step.metres >= 1000;
      LC.replace(
        this.box,
        LC.h('span', { class: 'map-north' }, LC.t('map_north'), north()),
        LC.h(
          'span',
          { class: 'map-scale-text' },
          isKm ? step.metres / 1000 + ' km' : step.metres + ' m'
        ),
        LC.h('span', { class: 'map-scale-bar', style: { width: step.width.toFixed(1) + 'px' } })
      );
    },
  });

  const north = () =>
    LC.svg(
      'svg',
      { width: 9, height: 13, viewBox: '0 0 9 13', 'aria-hidden': 'true' },
      LC.svg('path', { d: 'M4.5 0 9 13 4.5 9.6 0 13Z', fill: 'currentColor' })
    );
})();
