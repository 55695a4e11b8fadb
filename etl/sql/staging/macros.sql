-- Macros of the staging step. Cells are text; what is not a number >= 0 becomes null and is
-- reported. The readers have already written the amounts of grids, buildings and facilities plainly.

create or replace temp macro text_of(cell) as nullif(trim(cell), '');

-- a cell that says in words that there is nothing
create or replace temp macro amount_text(cell) as
    case
        when trim(cell) in ('', '-', '—', '--', '/', '无', '暂无', '[]', 'null', 'NULL', 'None', 'nan')
            then null
        else trim(cell)
    end;

create or replace temp macro plain_number(cell) as
    replace(translate(amount_text(cell), '０１２３４５６７８９．，', '0123456789.,'), ',', '');

create or replace temp macro number_of(cell) as
    case
        when isfinite(try_cast(plain_number(cell) as double))
            and try_cast(plain_number(cell) as double) between 0 and 1e12
            then try_cast(plain_number(cell) as double)
    end;

create or replace temp macro milli_of(cell) as cast(round(number_of(cell) * 1000) as bigint);

create or replace temp macro is_not_number(cell) as
    amount_text(cell) is not null and number_of(cell) is null;
