/**
 * The table of the page of standards: places in rows, indicators in columns, sorted, narrowed down
 * and turned over by the server, so that a city of any size is one page at a time.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const SIZES = [25, 50, 100];
  const REST_MS = 250;
  const OUTCOMES = ['fail', 'pass', 'plain', 'none', 'withheld', 'over'];
  const paging = { key: '', at: 0, size: SIZES[1] };
  let frame = null;

  /** Give what the table asks the server, the page apart. */
  LC.indicatorQuestion = (app) => {
    const { one, shown, unit } = LC.standards(app);
    const query = { i: shown.map((each) => each.id).join(','), by: one.id, u: unit };
    if (app.view.area.level !== 'city') query.a = app.view.area.code;
    const isOrder = app.state.o && ['name', ...shown.map((each) => each.id)].includes(
      app.state.o.replace(/^-/, '')
    );
    if (isOrder) query.o = app.state.o;
    if (OUTCOMES.includes(app.state.f)) query.f = app.state.f;
    if (app.state.q) query.q = app.state.q;
    return query;
  };

  function entryOf(app) {
    const question = LC.indicatorQuestion(app);
    const key = JSON.stringify([app.view.release, question]);
    if (paging.key !== key) Object.assign(paging, { key, at: 0 });
    const page = { limit: paging.size, offset: paging.at * paging.size };
    return LC.indicatorRows(app.view.release, { ...question, ...page });
  }

  function turnPage(by) {
    paging.at += by;
    LC.redraw('work');
  }

  function chips(app, found) {
    const known = OUTCOMES.filter((one) => found.counts[one] || app.state.f === one);
    const count = Object.values(found.counts).reduce((sum, n) => sum + n, 0);
    const one = found.columns.find((each) => each.id === found.by);
    return [
      LC.h('span', { class: 'note' }, LC.t('std_filter_of', { name: LC.nameOf(one) })),
      LC.workChip('f-all', LC.t('std_every'), count, !app.state.f, () => LC.act({ f: null })),
      known.map((outcome) =>
        LC.workChip(
          'f-' + outcome,
          LC.t('std_is_' + outcome),
          found.counts[outcome],
          app.state.f === outcome,
          () => LC.act({ f: app.state.f === outcome ? null : outcome })
        )),
    ];
  }

  function clear() {
    frame.search.value = '';
    LC.act({ f: null, q: null });
  }

  const typed = LC.debounce(() => LC.act({ q: frame.search.value.trim() || null }), REST_MS);

  function frameOf(container) {
    if (frame && frame.table.parentNode === container) return frame;
    frame = {
      chips: LC.h('div', { class: 'work-chips', role: 'group' }),
      search: LC.h('input', {
        type: 'search',
        class: 'work-search',
        on: {
          input: (event) => event.isComposing || typed(),
          compositionend: typed,
        },
      }),
      table: LC.h('div', { class: 'work-scroll' }),
      foot: LC.h('div', { class: 'work-foot' }),
    };
    const bar = LC.h('div', { class: 'work-bar' }, frame.chips, frame.search);
    LC.replace(container, bar, frame.table, frame.foot);
    frame.search.value = LC.app.state.q || '';
    return frame;
  }

  function label(app) {
    frame.chips.setAttribute('aria-label', LC.t('std_filter'));
    frame.search.setAttribute('placeholder', LC.t('std_search'));
    frame.search.setAttribute('aria-label', LC.t('std_search'));
    const isTyping = document.activeElement === frame.search;
    if (!isTyping) frame.search.value = app.state.q || '';
  }

  /** Draw the table into its container; what is not here yet is drawn once it has come. */
  LC.indicatorTable = (container, app) => {
    const entry = entryOf(app);
    frameOf(container);
    label(app);
    if (!entry.value) {
      if (!entry.isFailed) entry.promise.then(() => LC.redraw('work'));
      container.setAttribute('aria-busy', String(!entry.isFailed));
      if (!frame.table.firstChild || entry.isFailed) LC.replace(frame.table, LC.waiting(entry));
      return;
    }
    container.removeAttribute('aria-busy');
    const found = entry.value;
    if (app.found !== found) {
      app.found = found;
      LC.redraw('detail');
    }
    const left = frame.table.scrollLeft;
    LC.replace(frame.chips, chips(app, found));
    LC.replace(frame.table, LC.indicatorCells(app, found, clear));
    frame.table.scrollLeft = left;
    LC.replace(
      frame.foot,
      LC.workFoot({
        at: paging.at,
        size: paging.size,
        sizes: SIZES,
        total: found.total,
        unit: LC.t('unit_' + found.unit),
        turn: turnPage,
        resize: (size) => {
          Object.assign(paging, { size, at: 0 });
          LC.redraw('work');
        },
        files: LC.address('/download/indicators.{format}?') + new URLSearchParams({
          ...LC.indicatorQuestion(app),
          d: app.view.month,
          lang: app.state.lang || 'zh',
        }),
      })
    );
  };
})();
