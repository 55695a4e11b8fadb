/**
 * Units that are drawn: the grids, the areas above them, and kinds of further places (estates,
 * committees) for the indicators that are known of them.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const LEVELS = ['grid', 'community', 'street', 'district'];
  const WORD = /^(unit|one|ind_level)_([a-z0-9_]+)$/;

  const kindsOf = (view) => (view && view.kinds) || [];

  /** Give the levels that the area in view has, the finest first. */
  LC.levelsOf = (view) => {
    const counts = view.units || { grid: view.area.grids };
    return LEVELS.filter((level) => counts[level]);
  };

  /** Give the kinds of further places that can show an indicator on the map of the area. */
  LC.kindsFor = (view, indicator) =>
    kindsOf(view)
      .filter((one) => one.drawn && one.n && indicator && indicator.levels.includes(one.kind))
      .map((one) => one.kind);

  /** Count the units of a level or a kind in the area in view. */
  LC.countOfUnit = (view, unit) => {
    const kind = kindsOf(view).find((one) => one.kind === unit);
    if (kind) return kind.n;
    return (view.units || { grid: view.area.grids })[unit];
  };

  /** Give the layer of tiles in which a unit is drawn. */
  LC.layerOfUnit = (unit) => (LEVELS.includes(unit) ? unit : 'unit-' + unit);

  /** Give the words of a kind of further places, for a text that is asked for by its name. */
  LC.kindText = (key) => {
    const found = WORD.exec(key);
    const kind = found && kindsOf(LC.app && LC.app.view).find((one) => one.kind === found[2]);
    if (!kind) return undefined;
    const word = LC.lang() === 'en' ? kind.en.toLowerCase() : kind.zh;
    return found[1] === 'ind_level' ? LC.t('ind_level_kind', { kind: word }) : word;
  };
})();
