/**
 * Beside the table of the page of standards: who does best and worst, in words; how it went; how
 * it is counted. A chosen place shows all its indicators and its tasks instead.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  function boardRow(one, row, rank) {
    return LC.h(
      'li',
      {
        'data-unit': row.i,
        on: {
          mouseenter: () => LC.map.hover(row.i),
          mouseleave: () => LC.map.hover(-1),
        },
      },
      LC.h('span', { class: 'board-rank note' }, rank),
      LC.h('span', { class: 'board-name', title: row.name }, row.name),
      LC.h('b', null, LC.indicatorText(one, row.value))
    );
  }

  function board(one, found, kind) {
    const rows = found.boards[kind];
    const tied = found.boards[kind + '_tied'];
    const rank = (row) => LC.t(kind === 'best' ? 'std_rank' : 'std_rank_worst', { rank: row.rank });
    const unit = LC.t('unit_' + found.unit);
    return LC.h(
      'section',
      { class: 'board' },
      LC.h('h3', null, LC.t('std_' + kind)),
      LC.h('div', { class: 'note' }, LC.t('std_' + kind + '_note', { n: rows.length, unit })),
      LC.h('ol', null, rows.map((row) => boardRow(one, row, rank(row)))),
      tied ? LC.h('div', { class: 'note' }, LC.t('std_tied', { n: LC.integer(tied) })) : null
    );
  }

  function boards(one, found) {
    const { ranked, best } = found.boards;
    const unit = LC.t('unit_' + found.unit);
    if (!best.length) {
      return LC.h('p', { class: 'note' }, LC.t('std_board_few', { unit, n: LC.integer(ranked) }));
    }
    const left = found.boards.left;
    return [
      LC.h('div', { class: 'boards' }, board(one, found, 'best'), board(one, found, 'worst')),
      LC.h(
        'p',
        { class: 'note' },
        LC.t('std_board_left', {
          ranked: LC.integer(ranked),
          none: LC.integer(left.none),
          withheld: LC.integer(left.withheld),
          over: LC.integer(left.over),
        })
      ),
    ];
  }

  function terms(one) {
    return LC.h(
      'dl',
      { class: 'terms' },
      LC.indicatorTerms(one).map(([key, text]) => [
        LC.h('dt', null, LC.t('std_term_' + key)),
        LC.h('dd', null, text),
      ])
    );
  }

  function placeCard(app) {
    const close = LC.h(
      'button',
      {
        type: 'button',
        class: 'link detail-close',
        'data-key': 'close',
        'aria-label': LC.t('close'),
        on: { click: () => LC.act({ s: null }) },
      },
      '×'
    );
    return [
      LC.h('div', { class: 'detail-path' }, LC.crumbs(app.place.path || [], null), close),
      LC.h('h2', { class: 'detail-name' }, app.place.name || app.place.grid_id),
      LC.placeIndicators(app) || LC.h('p', { class: 'empty' }, LC.t('ind_none_here')),
      LC.taskList(app),
    ];
  }

  /** Give the nodes beside the table. */
  LC.indicatorBoards = (app) => {
    if (app.place) return placeCard(app);
    const { one, unit } = LC.standards(app);
    if (!one) return null;
    const later = () => LC.redraw('detail');
    const { found } = app;
    const card = LC.indicatorArea(app, one);
    if (!card.value && !card.isFailed) card.promise.then(later);
    const isOfThis = found && found.unit === unit && found.by === one.id &&
      found.area === app.view.area.code;
    const full = isOfThis ? found.columns.find((each) => each.id === one.id) : null;
    return [
      app.view.area.path.length > 1 ? LC.crumbs(app.view.area.path, app.view.area.code) : null,
      full ? boards(full, found) : null,
      card.value ? LC.indicatorTrend(one, card.value) : null,
      full ? LC.h('h3', null, LC.t('std_about_title')) : null,
      full ? terms(full) : null,
    ];
  };
})();
