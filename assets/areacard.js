/**
 * The card of the area itself, shown while no grid is chosen: share, gap, grids, and where the gap
 * is largest.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const MOST = 5;

  const figure = (label, value, unit) =>
    LC.h(
      'div',
      { class: 'figure' },
      LC.h('div', { class: 'figure-label' }, label),
      LC.h('div', { class: 'figure-value' }, value, unit ? LC.h('small', null, ' ' + unit) : null)
    );

  function childRow(app, row) {
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'area-row',
        'data-key': 'area-' + row.child.code,
        on: { click: () => LC.enter(row.child) },
      },
      LC.h('span', { class: 'cat-name' }, row.child.name),
      LC.h('span', { class: 'note' }, LC.share(row.sums.covered, row.sums.whole)),
      LC.h('b', null, LC.amountText(row.sums.gap, app.view.basis))
    );
  }

  /**
   * Give the way down from the city, each step a link.
   * @param {Array<{code, name}>} path From the city down.
   * @param {string|null} here Code of the area that is in view; it is no link.
   */
  LC.crumbs = (path, here) =>
    LC.h(
      'nav',
      { class: 'crumbs', 'aria-label': LC.t('crumbs') },
      path.map((one, k) => [
        k ? LC.h('span', { 'aria-hidden': 'true' }, '▸') : null,
        one.code === here
          ? LC.h('span', { 'aria-current': 'location' }, one.name)
          : LC.h(
            'button',
            {
              type: 'button',
              class: 'link',
              'data-key': 'crumb-' + one.code,
              on: { click: () => LC.goTo(one) },
            },
            one.name
          ),
      ])
    );

  const askText = (now, before, change) =>
    LC.t(now.permille === before.permille ? 'why_ask_same' : 'why_ask', { change });

  /** Say how the share changed since the month before; the button says why. */
  function changeLine(app, sums) {
    const before = LC.sums(LC.monthBefore(app.view), app.minutes);
    const change = LC.points(sums.permille, before.permille);
    return change
      ? LC.h('p', null, LC.changeButton(change, 'area', {}, askText(sums, before, change)))
      : null;
  }

  /** Give the nodes of the card. */
  LC.areaCard = (app) => {
    const indicator = LC.indicatorOf(app);
    if (indicator) return LC.indicatorCard(app, indicator, () => LC.redraw('detail'));
    const words = LC.wordsOf(app);
    const sums = LC.sums(app.view, app.minutes);
    const grids = LC.gridsOnTarget(app.view, app.minutes);
    const gap = LC.amount(sums.gap, app.view.basis);
    const least = LC.leastSign(app.view);
    const rows = LC.ranked(app.view, app.minutes)
      .sort((a, b) => b.sums.gap - a.sums.gap)
      .slice(0, MOST);
    return [
      app.view.area.path.length > 1 ? LC.crumbs(app.view.area.path, app.view.area.code) : null,
      LC.h('h2', { class: 'detail-name' }, app.view.area.name),
      LC.h(
        'div',
        { class: 'figures figures-three' },
        figure(LC.t('share_word'), least + LC.shareDigits(sums.covered, sums.whole), '%'),
        figure(words.gap, LC.mostSign(app.view) + gap.value, gap.unit),
        figure(
          LC.t('kpi_grids'),
          grids ? least + LC.integer(grids[0]) : LC.NONE,
          grids ? '/ ' + LC.integer(grids[1]) : ''
        )
      ),
      LC.targetBar(sums.permille, Math.round(app.view.target * 1000)),
      changeLine(app, sums),
      rows.length ? LC.h('h3', null, LC.t('area_lowest', words)) : null,
      rows.map((row) => childRow(app, row)),
    ];
  };
})();
