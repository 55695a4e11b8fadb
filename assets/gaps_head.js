/**
 * What stands above the lists of underserved grids: the answer in a sentence, both lists with their
 * numbers, how they fit the headline, causes, order and search.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const TYPED_MS = 200;

  const amount = (app, raw) => LC.amountText(raw, app.view.basis);

  /** Say how the first list fits the headline: both parts and their sum. */
  function fitText(app, sums) {
    const listed = { gap: amount(app, sums.gap_listed) };
    if (!sums.gap_on_target) return LC.t('gaps_fit_all', listed);
    return LC.t('gaps_fit', {
      ...listed,
      rest: amount(app, sums.gap_on_target),
      all: amount(app, sums.gap),
    });
  }

  const SAYS = {
    far: (app, found) => [
      LC.t('gaps_far_note', {
        ...LC.wordsOf(app),
        gap: amount(app, found.summary.gap_listed),
      }),
      fitText(app, found.summary),
    ],
    short: (app, found) => [
      LC.t('gaps_short_note'),
      LC.t('gaps_short_apart', {
        n: amount(app, LC.gaps.sum(found.short.whole.map((whole) => ({ whole })), 'whole')),
      }),
    ],
  };

  /** Give what stands on the tab of a list: its name, how many grids, what that means. */
  LC.gaps.card = (app, which) => {
    const entry = LC.gaps.entry(app);
    const found = entry.value;
    return [
      LC.h('span', { class: 'gaps-tab-name' }, LC.t('gaps_tab_' + which)),
      LC.h('b', { class: 'gaps-tab-count' }, found ? LC.integer(found[which].i.length) : LC.NONE),
      LC.h(
        'span',
        { class: 'gaps-tab-notes note' },
        found ? SAYS[which](app, found).map((text) => LC.h('span', { title: text }, text)) : null
      ),
    ];
  };

  function chips(app, found) {
    const which = LC.gaps.listOf(app);
    const { causes, grids } = found.summary[which];
    const now = LC.gaps.causeOf(app, found);
    return LC.h(
      'div',
      { class: 'work-chips', role: 'group', 'aria-label': LC.t('gaps_causes') },
      LC.h('span', { class: 'note', 'aria-hidden': 'true' }, LC.t('gaps_causes')),
      LC.workChip('cause-all', LC.t('std_every'), grids, now === null, () => LC.act({ f: null })),
      Object.keys(causes).map((cause) =>
        LC.workChip(
          'cause-' + cause,
          LC.t('cause_' + cause),
          causes[cause],
          now === cause,
          () => LC.act({ f: now === cause ? null : cause })
        ))
    );
  }

  function orderBox(app, found) {
    const which = LC.gaps.listOf(app);
    const now = LC.gaps.orderOf(app, found);
    return LC.h(
      'label',
      { class: 'work-size gaps-order' },
      LC.t('gaps_order'),
      LC.h(
        'select',
        {
          class: 'select',
          'data-key': 'gaps-order',
          on: { change: (event) => LC.act({ o: event.currentTarget.value }) },
        },
        LC.gaps.ordersOf(found, which).map((key) =>
          LC.h('option', { value: key, selected: key === now }, LC.gaps.orderText(app, key)))
      )
    );
  }

  /** Name an order as the column it is of. */
  LC.gaps.orderText = (app, key) =>
    (key === 'gap' ? LC.t('gap_' + app.view.basis) : LC.t('gaps_order_' + key));

  const typed = LC.debounce(() => {
    const box = document.querySelector('.gaps-search');
    if (box) LC.act({ q: box.value.trim() || null });
  }, TYPED_MS);

  let search = null;
  /** Give the one search box: a new one would forget what is being composed in it. */
  function searchBox(app) {
    if (!search) {
      search = LC.h('input', {
        type: 'search',
        class: 'work-search gaps-search',
        'data-key': 'gaps-search',
        on: { input: (event) => event.isComposing || typed(), compositionend: typed },
      });
    }
    search.setAttribute('placeholder', LC.t('gaps_search'));
    search.setAttribute('aria-label', LC.t('gaps_search'));
    if (document.activeElement !== search) search.value = app.state.q || '';
    return search;
  }

  /** Give causes, order and search of the list that is open. */
  LC.gaps.head = (app) => {
    const found = LC.gaps.entry(app).value;
    return found ? [chips(app, found), orderBox(app, found), searchBox(app)] : null;
  };

  function farSentence(app, found) {
    const words = LC.wordsOf(app);
    const { grids, causes } = found.summary.far;
    if (!grids) return LC.t('gaps_far_none', words);
    const cause = LC.gaps.causeOf(app, found);
    const rows = LC.gaps.allRows(found, 'far');
    const params = (key) => ({
      ...words,
      n: LC.integer(causes[key] || 0),
      amount: amount(app, LC.gaps.sum(rows.filter((row) => row.cause === key), 'gap')),
    });
    const start = LC.t('gaps_far_sentence', {
      ...words,
      grids: LC.integer(grids),
      amount: amount(app, found.summary.gap_listed),
    });
    const leading = cause || (causes.barrier ? 'barrier' : null);
    return start + LC.t(leading ? 'gaps_because_' + leading : 'gaps_stop', params(leading));
  }

  function shortSentence(app, found) {
    const words = LC.wordsOf(app);
    const { grids, causes, norm } = found.summary.short;
    const how = norm ? LC.t('gaps_norm_' + norm, { m: found.summary.short.minutes }) : '';
    if (!grids) return LC.t(norm ? 'gaps_short_none' : 'gaps_short_unknown', words);
    return LC.t('gaps_short_sentence', {
      ...words,
      grids: LC.integer(grids),
      capacity: LC.integer(causes.capacity),
      area_n: LC.integer(causes.area),
    }) + how;
  }

  /** Give the answer of the list that is open. */
  LC.gaps.sentence = (app) => {
    const found = LC.gaps.entry(app).value;
    if (!app.view.category) return LC.t('sentence_no_category', LC.wordsOf(app));
    if (!found) return LC.t('gaps_wait', LC.wordsOf(app));
    return LC.gaps.listOf(app) === 'short' ? shortSentence(app, found) : farSentence(app, found);
  };
})();
