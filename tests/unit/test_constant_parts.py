"""What every page bears alike is rendered once; nothing that differs from page to page can stand in it."""

import pytest
from django.template import Context, Template, TemplateSyntaxError


def test_it_is_made_at_its_first_use_and_kept():
    said = Template(
        "{% load trial static %}{{ x }}{% constant %}<a href=\"{% url 'crf:subjects' %}\">"
        "{% static 'ecrf/mark.svg' %}</a>{% endconstant %}"
    )
    (constant,) = [node for node in said.nodelist if type(node).__name__ == "Constant"]
    kept = '<a href="/subjects/">/static/ecrf/mark.svg</a>'
    assert [said.render(Context({"x": x})) for x in (1, 2)] == [f"1{kept}", f"2{kept}"]
    assert constant.made == kept


@pytest.mark.parametrize(
    "differs",
    ["{{ user }}", "{% csrf_token %}", "{% if a %}b{% endif %}", "{% url 'crf:subject' number %}", "{% now 'Y' %}"],
)
def test_what_may_differ_is_refused_when_the_template_is_read(differs):
    with pytest.raises(TemplateSyntaxError, match="may differ"):
        Template("{% load trial %}{% constant %}x" + differs + "{% endconstant %}")
