/**
 * Every category's share against the target, lowest first; the chosen one is blue. A click chooses.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];

  function rowsOf(app) {
    return (app.view.categories || [])
      .map((category) => ({ category, sums: LC.sums(category, app.minutes) }))
      .filter((row) => row.sums.permille !== null)
      .sort((a, b) => a.sums.covered * b.sums.whole - b.sums.covered * a.sums.whole);
  }

  function rowOf(app, row, target) {
    const isChosen = Boolean(app.view.category) && row.category.code === app.view.category.code;
    return LC.h(
      'button',
      {
        type: 'button',
        class: isChosen ? 'cat-row is-on' : 'cat-row',
        'data-key': 'cat-' + row.category.code,
        'aria-pressed': String(isChosen),
        title: LC.nameOf(row.category),
        on: { click: () => LC.act({ c: row.category.code }) },
      },
      LC.h('span', { class: 'cat-name' }, LC.nameOf(row.category)),
      LC.targetBar(row.sums.permille, target, isChosen ? 'reached' : 'other'),
      LC.h('span', { class: 'cat-share' }, LC.share(row.sums.covered, row.sums.whole))
    );
  }

  LC.views.push({
    id: 'categories',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const words = LC.wordsOf(app);
      const rows = rowsOf(app);
      const target = Math.round(app.view.target * 1000);
      const old = container.querySelector('.cat-rows');
      const top = old ? old.scrollTop : null;
      const list = LC.h('div', { class: 'cat-rows' }, rows.map((row) => rowOf(app, row, target)));
      LC.replace(
        container,
        LC.h(
          'header',
          { class: 'card-head' },
          LC.h('h2', null, LC.t('cat_title')),
          LC.h('span', { class: 'note head-right' }, LC.t('kpi_share', words))
        ),
        rows.length ? list : LC.h('p', { class: 'empty' }, LC.t('kpi_unknown'))
      );
      const chosen = list.querySelector('.is-on');
      if (top !== null) list.scrollTop = top;
      else if (chosen && chosen.offsetTop > list.clientHeight) list.scrollTop = chosen.offsetTop - list.clientHeight / 2;
    },
  });
})();
