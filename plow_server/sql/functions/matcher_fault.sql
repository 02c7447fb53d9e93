-- matcher_fault(type, field, value, attr, subject) returns text
-- Why a matcher does not match, as a sentence; null where it does. The comparison is of plain text, case matters,
-- and what the job does not have matches no type, the negative ones neither.
create or replace function plow.matcher_fault(
  p_type plow.matcher_type, p_field plow.matcher_field, p_value text, p_attr text, p_subject text
) returns text language sql stable as $$
  select case
    when p_subject is null then format('the job has no attribute ''%s''', p_attr)
    when case p_type when 'CONTAINS' then strpos(p_subject, p_value) > 0
                     when 'NOT_CONTAINS' then strpos(p_subject, p_value) = 0
                     when 'IS' then p_subject = p_value
                     when 'IS_NOT' then p_subject <> p_value
                     when 'BEGINS_WITH' then starts_with(p_subject, p_value)
                     else right(p_subject, length(p_value)) = p_value end then null
    else format('%s ''%s'' %s ''%s''',
      case p_field when 'JOB_NAME' then 'job name' when 'USER' then 'user' else format('attribute ''%s'' =', p_attr) end,
      left(p_subject, 60),
      case p_type when 'CONTAINS' then 'does not contain' when 'NOT_CONTAINS' then 'contains'
                  when 'IS' then 'is not' when 'IS_NOT' then 'is'
                  when 'BEGINS_WITH' then 'does not begin with' else 'does not end with' end,
      left(p_value, 60)) end
$$;
