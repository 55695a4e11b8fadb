/**
 * The list of the tab of rules: filters by verdict and name, the matrix, its foot with the files.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};
  const REST_MS = 250;
  let frame = null;

  function clear() {
    frame.search.value = '';
    LC.act({ f: null, q: null });
  }

  const typed = LC.debounce(() => LC.act({ q: frame.search.value.trim() || null }), REST_MS);

  function orderBox(app) {
    const pick = (event) => LC.act({ o: event.currentTarget.value || null });
    return LC.h(
      'label',
      { class: 'work-size' },
      LC.t('rules_order'),
      LC.h(
        'select',
        { class: 'select', 'data-key': 'rules-order', on: { change: pick } },
        ['', 'gap', 'name'].map((key) =>
          LC.h(
            'option',
            { value: key, selected: key === (app.state.o || '') },
            LC.t('rules_order_' + (key || 'street'))
          ))
      )
    );
  }

  function chips(app, found) {
    const one = LC.rules.by(found);
    if (!one) return null;
    const shown = LC.rules.STATES.filter((state) => found.counts[state] || app.state.f === state);
    const count = Object.values(found.counts).reduce((sum, n) => sum + n, 0);
    return [
      LC.h('span', { class: 'note' }, LC.t('rules_filter_of', { name: LC.rules.ids(one) })),
      LC.workChip('f-all', LC.t('std_every'), count, !app.state.f, () => LC.act({ f: null })),
      shown.map((state) =>
        LC.workChip(
          'f-' + state,
          LC.t('rules_is_' + state),
          found.counts[state],
          app.state.f === state,
          () => LC.act({ f: app.state.f === state ? null : state })
        )),
    ];
  }

  function table(app, found) {
    const nothing = LC.h(
      'p',
      { class: 'empty' },
      LC.t('rules_none', { unit: LC.rules.place(found.level) }),
      ' ',
      LC.h(
        'button',
        { type: 'button', class: 'link', 'data-key': 'clear', on: { click: clear } },
        LC.t('std_clear')
      )
    );
    return [
      found.has_ledger ? null : LC.rules.noLedger(),
      LC.rules.matrix(app, found),
      found.rows.length ? null : nothing,
    ];
  }

  function frameOf(container) {
    if (frame && frame.table.parentNode === container) return frame;
    frame = {
      chips: LC.h('div', { class: 'work-chips', role: 'group' }),
      order: LC.h('span', { class: 'rules-order' }),
      search: LC.h('input', {
        type: 'search',
        class: 'work-search',
        on: { input: (event) => event.isComposing || typed(), compositionend: typed },
      }),
      table: LC.h('div', { class: 'work-scroll' }),
      foot: LC.h('div', { class: 'work-foot' }),
    };
    const bar = LC.h('div', { class: 'work-bar' }, frame.chips, frame.order, frame.search);
    LC.replace(container, bar, frame.table, frame.foot);
    frame.search.value = LC.app.state.q || '';
    return frame;
  }

  let revealed = '';
  /** Bring the chosen column into sight once: a link may choose one that is far to the right. */
  function revealChosen(found) {
    if (revealed === found.by) return;
    revealed = found.by;
    const chosen = frame.table.querySelector('thead .rules-cell.is-by');
    if (!chosen) return;
    const { scrollLeft, clientWidth } = frame.table;
    const isSeen = chosen.offsetLeft + chosen.offsetWidth <= scrollLeft + clientWidth;
    const k = found.columns.findIndex((one) => one.pack + ':' + one.key === found.by);
    if (!isSeen) LC.rules.reveal(frame.table, k);
  }

  let opened = null;
  /** Bring the row of the open place into sight once: it may have been chosen on the map. */
  function revealOpen(app, found) {
    const open = LC.rules.openAt(app, found);
    if (opened === open) return;
    opened = open;
    const row = frame.table.querySelector('tr.is-on');
    if (!row) return;
    const top = frame.table.querySelector('thead').offsetHeight;
    const { scrollTop, clientHeight } = frame.table;
    const isSeen = row.offsetTop - top >= scrollTop &&
      row.offsetTop + row.offsetHeight <= scrollTop + clientHeight;
    if (!isSeen) frame.table.scrollTop = row.offsetTop - top - row.offsetHeight;
  }

  function foot(app, found) {
    const { paging, SIZES } = LC.rules;
    const query = { ...LC.rules.question(app), p: found.chosen.join(','), u: found.level };
    return LC.workFoot({
      at: paging.at,
      size: paging.size,
      sizes: SIZES,
      total: found.total,
      unit: LC.rules.places(found.level),
      turn: (by) => {
        paging.at += by;
        LC.redraw('work');
      },
      resize: (size) => {
        Object.assign(paging, { size, at: 0 });
        LC.redraw('work');
      },
      files: LC.address('/download/standards.{format}?') + new URLSearchParams({
        ...query,
        by: found.by || '',
        d: app.view.month,
        lang: app.state.lang || 'zh',
      }),
    });
  }

  /** Draw the matrix into its container; until it has come the one before stays, dimmed. */
  LC.rules.draw = (container, app) => {
    const entry = LC.rules.entry(app);
    const found = LC.rules.found(app);
    if (found && !found.columns.length) {
      LC.replace(container, LC.rules.empty());
      return;
    }
    frameOf(container);
    frame.chips.setAttribute('aria-label', LC.t('rules_filter'));
    frame.search.setAttribute('placeholder', LC.t('std_search'));
    frame.search.setAttribute('aria-label', LC.t('std_search'));
    if (document.activeElement !== frame.search) frame.search.value = app.state.q || '';
    container.setAttribute('aria-busy', String(!entry.value && !entry.isFailed));
    if (!entry.value) {
      if (!frame.table.firstChild || entry.isFailed) LC.replace(frame.table, LC.waiting(entry));
      return;
    }
    const { scrollLeft, scrollTop } = frame.table;
    LC.replace(frame.chips, chips(app, found));
    LC.replace(frame.order, orderBox(app));
    LC.replace(frame.table, table(app, found));
    Object.assign(frame.table, { scrollLeft, scrollTop });
    revealChosen(found);
    revealOpen(app, found);
    LC.replace(frame.foot, foot(app, found));
    LC.map.hover(LC.rules.outlined(found));
  };
})();
