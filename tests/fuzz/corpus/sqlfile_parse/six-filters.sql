--? force a
--? actor a
--? body a
--? caseId a
--? grade a
--? status a
select 1