-- one row per place x input; `known` holds positions in the lists levels, names, words and origins; word -1 is a number
insert into verdict_input
select
    $levels[level + 1] as level,
    place_idx,
    $names[name + 1] as name,
    case when word < 0 then value end as value,
    case when word >= 0 then $words[word + 1] end as word,
    $origins[origin + 1] as origin
from known;
