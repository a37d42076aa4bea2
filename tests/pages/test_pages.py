"""The pages for people."""

import re


def test_the_front_page_leads_only_to_pages_that_exist(client):
    page = client.get("/").text
    links = re.findall(r'(?:href|src)="(/[^"]*)"', page)
    assert len(links) > 5
    for link in links:
        assert client.get(link).status_code == 200, link


def test_the_front_page_says_everything_in_chinese_first(client):
    page = client.get("/").text
    cards = re.findall(r"<b>.*?</b>(.*?)</a>", page)
    assert len(cards) > 8
    for card in cards:
        assert re.fullmatch(r'<span>[^<]*[一-龥][^<]*</span><small lang="en">[^<]+</small>', card)


def test_every_problem_type_is_explained(client):
    problem = client.get("/nowhere").json
    page, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in client.get(page).text


def test_the_api_docs_load_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    assert "swagger-ui" in page
    assert not re.findall(r'(?:href|src)="(https?:)?//', page)
