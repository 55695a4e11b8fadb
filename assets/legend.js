/**
 * The legend: real breaks and words, units and people of each class; a click keeps one class, again
 * shows all.
 * A strip under the map on the overview, a panel on the map of the coverage page.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];
  const STRIP = [0, 1, 2, 3, 4, 6];
  const PANEL = [0, 1, 2, 3, 4, 6, 5];

  const name = (group) => LC.t('class_' + LC.CLASSES[group]);
  const range = (group) => LC.t('break_' + LC.CLASSES[group]);
  const swatch = (group) => LC.h(
    'i',
    { class: 'swatch swatch-' + LC.CLASSES[group], 'aria-hidden': 'true' }
  );

  function countsOf(app, group) {
    const { units, amount } = app.view.classes || {};
    const m = app.minutes;
    return {
      units: units && units[m] ? units[m][group] : null,
      amount: amount && amount[m] ? amount[m][group] : null,
    };
  }

  function press(app, group) {
    return {
      type: 'button',
      'data-key': 'class-' + group,
      'aria-pressed': String(app.ui.filter === group),
      on: { click: () => LC.filter(group) },
    };
  }

  function stripItem(app, group) {
    const { units, amount } = countsOf(app, group);
    const isLast = group === 6;
    const n = LC.integer(units);
    const amounts = LC.amount(amount, app.view.basis).value + shortUnit(app, amount);
    const counts = isLast
      ? LC.t('legend_plain', { n })
      : LC.t('legend_count', { n, amount: amounts });
    return LC.h(
      'button',
      { class: 'strip-item', ...press(app, group) },
      swatch(group),
      LC.h(
        'span',
        { class: 'strip-name' },
        LC.h('b', null, name(group)),
        ' ',
        LC.h('span', { class: 'note' }, range(group))
      ),
      LC.h('span', { class: 'note strip-count' }, counts)
    );
  }

  function row(app, group, widest) {
    const { units, amount } = countsOf(app, group);
    const isCounted = group < 5;
    const code = app.place ? app.place.code_now : null;
    const isHere = code !== null && code !== undefined && LC.CLASS_OF_CODE[code] === group;
    return LC.h(
      'button',
      { class: 'legend-row', ...press(app, group) },
      swatch(group),
      LC.h('span', { class: 'legend-name' }, name(group)),
      LC.h('span', { class: 'legend-range' }, range(group)),
      LC.h('span', { class: 'legend-number' }, LC.integer(units)),
      LC.h(
        'span',
        { class: 'legend-number' },
        isCounted ? panelAmount(app, amount) : LC.NONE
      ),
      LC.h(
        'span',
        { class: 'legend-bar', 'aria-hidden': 'true' },
        isCounted && amount && widest
          ? LC.h(
            'i',
            {
              class: 'swatch-' + LC.CLASSES[group],
              style: { width: (100 * amount) / widest + '%' },
            }
          )
          : null,
        isHere ? LC.h('em', null, '◂ ' + LC.t('legend_selected')) : null
      )
    );
  }

  function shortUnit(app, amount) {
    const { unit } = LC.amount(amount, app.view.basis);
    const plain = LC.t(app.view.basis === 'households' ? 'unit_households' : 'unit_people');
    const short = app.view.basis === 'area' ? unit : unit.replace(plain, '').trim();
    return short && ' ' + short;
  }

  /** The unit of an area stands in the head of its column. */
  const panelAmount = (app, amount) =>
    LC.amount(amount, app.view.basis).value +
    (app.view.basis === 'area' ? '' : shortUnit(app, amount));

  function minuteRows(app) {
    const breaks = LC.minuteBreaks(app.minutes);
    const texts = breaks.map((end, k) => (k === 0 ? '≤ ' + end : breaks[k - 1] + '–' + end));
    texts.push(LC.t('minutes_more', { n: breaks[4] }));
    return texts.map((text, k) =>
      LC.h(
        'div',
        { class: 'legend-row' + (k === 3 ? ' is-hinge' : '') },
        LC.h('i', { class: 'swatch', style: { background: 'var(' + LC.MINUTE_TOKENS[k] + ')' } }),
        LC.h('span', { class: 'legend-wide' }, text + ' ' + LC.t('minutes_word'))
      )
    );
  }

  function openingNote(app) {
    const text = LC.openingNote(app.view);
    return text ? LC.h('div', { class: 'note legend-opening' }, text) : null;
  }

  function panel(app) {
    const indicator = LC.indicatorOf(app);
    if (indicator) return LC.indicatorLegend(app, indicator, () => LC.redraw('legend'));
    const words = LC.wordsOf(app);
    const isMinutes = app.state.k === 'min';
    const amounts = [0, 1, 2, 3, 4].map((group) => countsOf(app, group).amount || 0);
    const head = LC.h(
      'div',
      { class: 'legend-row legend-head', 'aria-hidden': 'true' },
      LC.h('span', { class: 'legend-number' }, LC.t('unit_grid')),
      LC.h('span', { class: 'legend-number' }, LC.t('legend_amount_' + app.view.basis))
    );
    const rows = isMinutes
      ? minuteRows(app)
      : [head].concat(PANEL.map((group) => row(app, group, Math.max(...amounts))));
    return [
      LC.h(
        'div',
        { class: 'legend-title' },
        LC.t(isMinutes ? 'legend_title_minutes' : 'legend_title', words)
      ),
      LC.h('div', { class: 'note' }, LC.t(isMinutes ? 'legend_sub_minutes' : 'legend_sub', words)),
      openingNote(app),
      LC.h('div', { class: 'legend-rows' }, rows),
    ];
  }

  LC.views.push({
    id: 'legend',
    needs: ['view', 'minutes', 'filter', 'place', 'page', 'layers', 'lists'],
    draw(container, app) {
      const own = LC.workPage(app);
      const isPanel = app.state.p === 'coverage';
      container.classList.toggle('legend-panel', isPanel);
      container.classList.toggle('legend-flow', Boolean(own));
      container.classList.toggle('legend-strip', !isPanel && !own);
      container.setAttribute('aria-label', LC.t('legend_label'));
      if (own) LC.replace(container, own.legend ? own.legend(app) : panel(app));
      else LC.replace(container, isPanel ? panel(app) : STRIP.map((one) => stripItem(app, one)));
    },
  });

  LC.views.push({
    id: 'map-head',
    needs: ['view', 'minutes', 'page', 'layers', 'lists'],
    draw(container, app) {
      const own = LC.workPage(app);
      if (own) {
        LC.replace(container, own.mapHead(app));
        return;
      }
      const words = LC.wordsOf(app);
      const { view } = app;
      const onTarget = LC.gridsOnTarget(view, app.minutes);
      const count = onTarget ? onTarget[1] : 0;
      LC.replace(
        container,
        LC.h('h2', null, LC.t('map_title')),
        LC.h(
          'span',
          { class: 'note' },
          LC.openingRule(view) || LC.t('map_sub', { ...words, n: LC.integer(count) })
        ),
        !view.category || view.category.code === 'all'
          ? null
          : LC.h(
            'span',
            { class: 'note head-right' },
            LC.t(
              view.area.level === 'city' ? 'map_facilities' : 'map_facilities_city',
              { ...words, n: LC.integer(view.category.facilities) }
            )
          )
      );
    },
  });
})();
