-- takes the values out whose numbers, as indicator_family counts them, are in hidden_cells
update indicator_value
set numerator = null, denominator = null, n_rows = null, is_withheld = true
where rowid in (
    select numbered.key
    from (
        select
            rowid as key,
            row_number() over (order by rowid) - 1 as cell
        from indicator_value
        where indicator_idx = $indicator
    ) as numbered
    inner join hidden_cells on hidden_cells.cell = numbered.cell
);
