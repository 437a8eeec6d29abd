-- Every statement that inserts reads each check of its table from text, and looks up each reference. What writes alerts, places in the
-- queue and what is due are functions of ours alone: an alert's words are those of its detector's row, where the same checks stand,
-- or literals; states are moved by the table of moves; and what they refer to was read in the same transaction and is never deleted.
alter table alert
  drop constraint alert_detector_check, drop constraint alert_severity_check, drop constraint alert_audience_check,
  drop constraint alert_status_check, drop constraint alert_case, drop constraint alert_contact;
alter table review_item
  drop constraint review_item_status_check, drop constraint review_item_rank_check,
  drop constraint review_item_assessment, drop constraint review_item_contact;
alter table due_check drop constraint due_check_subject_kind_check;
