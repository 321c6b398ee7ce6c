from django.db import migrations


def move(apps, schema_editor):
    """One number for all labs was counted as that of one lab, so it becomes the number of lab 1."""
    EnteredMark = apps.get_model("gradebook", "EnteredMark")
    LabAnswers = apps.get_model("gradebook", "LabAnswers")
    old = EnteredMark.objects.filter(component="lab_answers")
    LabAnswers.objects.bulk_create(
        LabAnswers(enrolment_id=mark.enrolment_id, lab=1, n_correct=int(mark.value)) for mark in old if mark.value >= 1
    )
    old.delete()


def move_back(apps, schema_editor):
    EnteredMark = apps.get_model("gradebook", "EnteredMark")
    LabAnswers = apps.get_model("gradebook", "LabAnswers")
    EnteredMark.objects.bulk_create(
        EnteredMark(enrolment_id=row.enrolment_id, component="lab_answers", value=row.n_correct)
        for row in LabAnswers.objects.filter(lab=1)
    )


class Migration(migrations.Migration):
    dependencies = [("gradebook", "0002_lab_tests_answers_and_rulings")]

    operations = [migrations.RunPython(move, move_back)]
