/**
 * Four key figures: share, gap, grids on target, the lowest part; each with last month, target and
 * definition.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.views = LC.views || [];

  /** A bar with the target as a dark tick: the same mark everywhere. `kind` colours it. */
  LC.targetBar = (permille, target, kind) =>
    LC.h(
      'div',
      { class: 'bar', 'aria-hidden': 'true' },
      LC.h(
        'i',
        {
          class: 'bar-fill bar-' + (kind || 'reached'),
          style: { width: (permille || 0) / 10 + '%' },
        }
      ),
      target === null
        ? null
        : LC.h('b', { class: 'bar-target', style: { left: target / 10 + '%' } })
    );

  function card(spec) {
    const isBeside = lengthOf(spec.name) > ROOMY;
    const change =
      spec.why && spec.change
        ? LC.changeButton(spec.change, spec.why.key, spec.why.over)
        : LC.h('span', { class: 'kpi-change' }, spec.change);
    return LC.h(
      'article',
      { class: 'card kpi' },
      LC.h(
        'div',
        { class: 'kpi-label' },
        LC.h('span', null, spec.label, spec.change && isBeside ? change : null),
        LC.info(spec.info, spec.params)
      ),
      LC.h(
        'div',
        { class: 'kpi-line' },
        spec.name
          ? LC.h('span', { class: 'kpi-name' + nameSize(spec.name), title: spec.name }, spec.name)
          : null,
        LC.h(
          'span',
          { class: 'kpi-value' },
          spec.value,
          spec.unit ? LC.h('small', null, spec.unit) : null
        ),
        spec.change && !isBeside ? change : null
      ),
      spec.bar,
      LC.h('div', { class: 'note kpi-note' }, spec.note)
    );
  }

  const ROOMY = 3.5; // widths of a Chinese character: with a longer name the change moves up
  const WIDE = 6;
  const HALF = 0.55;

  /** Give the width of a name in Chinese characters. */
  const lengthOf = (name) =>
    Array.from(name || '').reduce((sum, sign) => sum + (sign > '\u2e7f' ? 1 : HALF), 0);

  function nameSize(name) {
    if (lengthOf(name) <= ROOMY) return '';
    return lengthOf(name) <= WIDE ? ' is-wide' : ' is-wider';
  }

  function shareCard(app, words, now, before) {
    const target = Math.round(app.view.target * 1000);
    const missing = now.permille === null ? null : target - now.permille;
    const isMet = now.permille !== null && LC.isOnTarget(now, app.view.target);
    return card({
      label: LC.t('kpi_share', words),
      info: 'info_share_' + app.view.basis,
      params: words,
      value: LC.leastSign(app.view) + LC.shareDigits(now.covered, now.whole),
      unit: now.permille === null ? '' : '%',
      change: LC.isOtherMethod(app.view)
        ? LC.t('why_method')
        : LC.points(now.permille, before.permille),
      why: { key: 'share' },
      bar: LC.targetBar(now.permille, target),
      note:
        now.permille === null
          ? LC.t('kpi_unknown')
          : LC.t(
            isMet ? 'kpi_share_met' : 'kpi_share_short',
            { ...words, n: LC.atMost(app.view, (missing / 10).toFixed(1)) }
          ),
    });
  }

  function gapCard(app, words, now, before) {
    const { basis, target } = app.view;
    const parts = LC.amount(now.gap, basis);
    const delta = before.gap === null || now.gap === null ? null : now.gap - before.gap;
    const limit = 1000 - Math.round(target * 1000);
    return card({
      label: words.gap,
      info: 'info_gap',
      params: words,
      value: LC.mostSign(app.view) + parts.value,
      unit: parts.unit,
      change: LC.change(delta, LC.amountText(Math.abs(delta || 0), basis)),
      why: { key: 'gap' },
      bar: LC.targetBar(now.gap === null ? 0 : 1000 - now.permille, limit, 'missing'),
      note:
        now.gap === null
          ? LC.t('kpi_unknown')
          : LC.t('kpi_gap_note', { ...words, share: LC.share(now.gap, now.whole), n: limit / 10 }),
    });
  }

  function gridsCard(app, words) {
    const now = LC.gridsOnTarget(app.view, app.minutes);
    const month = LC.monthBefore(app.view);
    const then = month && month.on_target ? month.on_target[String(app.minutes)] : null;
    const delta = now && then ? now[0] - then[0] : null;
    return card({
      label: LC.t('kpi_grids'),
      info: 'info_grids',
      params: words,
      value: now ? LC.leastSign(app.view) + LC.integer(now[0]) : LC.NONE,
      unit: now ? '/ ' + LC.integer(now[1]) : '',
      change: LC.change(delta, LC.integer(Math.abs(delta || 0))),
      bar: LC.targetBar(now ? LC.permille(now[0], now[1]) : 0, null),
      note: now
        ? LC.t('kpi_grids_note', { ...words, share: LC.share(now[0], now[1]) })
        : LC.t('kpi_unknown'),
    });
  }

  function worstCard(app, words) {
    const rows = LC.ranked(app.view, app.minutes);
    if (!rows.length) {
      return card({
        label: LC.t('kpi_worst', words),
        info: 'info_worst',
        params: words,
        value: LC.NONE,
        bar: LC.targetBar(0, null),
        note: LC.t((app.view.children || []).length ? 'kpi_unknown' : 'rank_none', words),
      });
    }
    const worst = rows[0];
    const best = rows[rows.length - 1];
    const apart = ((best.sums.permille - worst.sums.permille) / 10).toFixed(1);
    return card({
      label: LC.t('kpi_worst', words),
      info: 'info_worst',
      params: words,
      name: LC.shortName(worst.child.name),
      value: LC.leastSign(app.view) + LC.shareDigits(worst.sums.covered, worst.sums.whole),
      unit: '%',
      change: LC.points(worst.sums.permille, worst.before.permille),
      why: { key: 'worst', over: { a: worst.child.code } },
      bar: LC.targetBar(worst.sums.permille, Math.round(app.view.target * 1000)),
      note:
        rows.length > 1
          ? apartNote(LC.shortName(best.child.name), apart)
          : LC.t('kpi_only_one', words),
    });
  }

  /** A long name would not fit its line; the ranking has it. */
  const apartNote = (best, n) =>
    LC.t(lengthOf(best) > 2 * ROOMY ? 'kpi_worst_apart' : 'kpi_worst_note', { best, n });

  /** Leave out the kind of the place where the name stands without it: 江南街道 -> 江南. */
  LC.shortName = (name) => {
    const match = /^(.{2,})(街道|社区|办事处)$/.exec(name || '');
    return match ? match[1] : name;
  };

  LC.views.push({
    id: 'kpis',
    needs: ['view', 'minutes'],
    draw(container, app) {
      const words = LC.wordsOf(app);
      const now = LC.sums(app.view, app.minutes);
      const before = LC.sums(LC.monthBefore(app.view), app.minutes);
      LC.replace(
        container,
        shareCard(app, words, now, before),
        gapCard(app, words, now, before),
        gridsCard(app, words),
        worstCard(app, words)
      );
    },
  });
})();
