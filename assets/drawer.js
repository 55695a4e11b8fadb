/**
 * The grids of the area, worst first, as a table that the map is linked to.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];

  let shown = null;
  const COLUMNS = ['grid', 'street', 'class', 'share', 'gap', 'amount', 'nearest', 'reliability'];
  const NUMBERS = ['share', 'gap', 'amount', 'nearest'];

  const nameOf = (row) =>
    row.community && !row.name.startsWith(row.community)
      ? row.community + ' ' + row.name
      : row.name;

  function cellsOf(app, row) {
    const sums = LC.sums({ numerators: [row.numerator], denominator: row.denominator }, 0);
    const group = LC.CLASS_OF_CODE[codeOf(row)];
    return {
      grid: nameOf(row),
      street: row.street || LC.NONE,
      class: [
        LC.h('i', { class: 'swatch swatch-' + LC.CLASSES[group] }),
        LC.t('class_' + LC.CLASSES[group]),
      ],
      share: LC.share(sums.covered, sums.whole),
      gap: LC.h('b', null, LC.amountCell(sums.gap, app.view.basis)),
      amount: LC.amountCell(row.denominator, app.view.basis),
      nearest: LC.minutesOf(row.dm, LC.metresPerMinute(app.view)),
      reliability: row.reliability || LC.NONE,
    };
  }

  function codeOf(row) {
    const { numerator: part, denominator: whole } = row;
    if (whole === null || whole === undefined) return 255;
    if (whole === 0) return 253;
    if (part <= 0) return 0;
    if (part >= whole) return 254;
    if (part * 2 < whole) return 1;
    return part * 10 < whole * 9 ? 101 : 201;
  }

  function rowOf(app, row) {
    const cells = cellsOf(app, row);
    const pick = () => LC.act({ s: row.id });
    return LC.h(
      'tr',
      {
        'data-unit': row.i,
        'data-key': 'grid-' + row.id,
        tabindex: 0,
        class: app.state.s === row.id ? 'is-on' : '',
        'aria-selected': String(app.state.s === row.id),
        on: {
          click: pick,
          keydown: (event) => event.key === 'Enter' && pick(),
          mouseenter: () => LC.map && LC.map.hover(row.i),
          mouseleave: () => LC.map && LC.map.hover(-1),
        },
      },
      COLUMNS.map(
        (name) => LC.h('td', { class: NUMBERS.includes(name) ? 'is-number' : '' }, cells[name])
      )
    );
  }

  function tableOf(app, rows) {
    const words = LC.wordsOf(app);
    return LC.h(
      'div',
      { class: 'drawer-scroll' },
      LC.h(
        'table',
        { class: 'table drawer-table' },
        LC.h(
          'thead',
          null,
          LC.h('tr', null, COLUMNS.map((name) =>
            LC.h(
              'th',
              { scope: 'col', class: NUMBERS.includes(name) ? 'is-number' : '' },
              LC.t('column_' + name, words)
            )))
        ),
        LC.h('tbody', null, rows.map((row) => rowOf(app, row)))
      )
    );
  }

  /** Give the address of the file with all grids of what is in view, at the minute of the table. */
  function addressOfFile(app, minutes) {
    const { view, state } = app;
    const query = new URLSearchParams({
      a: view.area.code,
      c: view.category.code,
      m: minutes,
      t: view.mode,
      b: view.basis,
      v: view.speed.name,
      d: view.month,
      lang: state.lang,
    });
    if (view.neighbours === 'own') query.set('n', 'own');
    if (view.opening !== 'any') query.set('h', view.opening);
    return LC.address('/download/grids.csv?' + query);
  }

  function fileButton(app, minutes) {
    if (!app.view.category) return null;
    return LC.h(
      'a',
      {
        class: 'link',
        style: { 'margin-right': '16px' },
        href: addressOfFile(app, minutes),
        download: '',
        'data-key': 'export',
        title: LC.t('export_csv_title', LC.wordsOf(app)),
      },
      LC.t('export_csv')
    );
  }

  LC.views.push({
    id: 'drawer',
    needs: ['view', 'grids', 'selected'],
    draw(container, app) {
      const rows = (app.grids && app.grids.rows) || [];
      const words = LC.wordsOf(app);
      const isFolded = container.classList.contains('is-folded');
      const fold = LC.h(
        'button',
        {
          type: 'button',
          class: 'link',
          'data-key': 'fold',
          'aria-expanded': String(!isFolded),
          on: {
            click: () => {
              container.classList.toggle('is-folded');
              LC.redraw('drawer');
            },
          },
        },
        LC.t(isFolded ? 'drawer_unfold' : 'drawer_fold')
      );
      const old = container.querySelector('.drawer-scroll');
      const top = old && shown === app.grids ? old.scrollTop : 0;
      shown = app.grids;
      const minutes = (app.grids && app.grids.minute) || app.minutes;
      LC.replace(
        container,
        LC.h(
          'header',
          { class: 'card-head' },
          LC.h('h2', null, LC.t('drawer_title')),
          LC.h(
            'span',
            { class: 'note' },
            LC.t('drawer_note', { ...words, m: minutes, n: rows.length })
          ),
          LC.h('span', { class: 'head-right' }, fileButton(app, minutes), fold)
        ),
        rows.length ? tableOf(app, rows) : LC.h('p', { class: 'empty' }, LC.t('drawer_empty'))
      );
      const scroll = container.querySelector('.drawer-scroll');
      if (!scroll) return;
      scroll.scrollTop = top;
      const chosen = scroll.querySelector('tr.is-on');
      if (chosen && LC.app.ui.shownRow !== app.state.s) chosen.scrollIntoView({ block: 'nearest' });
      LC.app.ui.shownRow = app.state.s;
    },
  });
})();
