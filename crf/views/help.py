"""Help: what a day looks like in the roles that one holds. The words stand in the template."""

from django.shortcuts import render


def help_page(request):
    """One section a role that the person holds today; who has none is told whom to ask."""
    days = dict.fromkeys((held.role, held.get_role_display()) for held in request.user.current_roles)
    return render(request, "crf/help.html", {"days": list(days)})
