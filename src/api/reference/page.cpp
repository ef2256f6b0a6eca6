#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <vector>

#include "api/reference/reference.hpp"
#include "api/reference/schema_text.hpp"
#include "base/text.hpp"

namespace greenroom::api {
namespace {

using boost::json::object;

struct Listed {
  std::string_view path;
  std::string method;  // "GET"
  const object* about;
  std::string_view id() const { return text_of(*about, "operationId"); }
  std::string_view tag() const { return about->at("tags").as_array().at(0).as_string(); }
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
  return out;
}

std::vector<Listed> list_operations(const object& document) {
  std::vector<Listed> all;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, about] : methods.as_object()) all.push_back({path, upper(method), &about.as_object()});
  }
  return all;
}

std::string badge(const Listed& one) {
  return fmt::format("<span class=\"method\" data-method=\"{0}\">{0}</span>", base::escape_html(one.method));
}

// Names in braces stand out from what is typed as it is.
std::string path_html(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '{') out += "<i>";
    out += base::escape_html(std::string_view(&c, 1));
    if (c == '}') out += "</i>";
    if (c == '/') out += "<wbr>";
  }
  return out;
}

std::string callers_html(const Listed& one) {
  const auto* security = one.about->if_contains("security");
  if (!security || security->as_array().empty()) return "<p class=\"quiet\">Anyone may call this.</p>";
  std::string ways;
  for (const auto& way : security->as_array()) {
    for (const auto& [name, scopes] : way.as_object()) {
      ways += (ways.empty() ? "" : ", ") + fmt::format("<a href=\"#scheme-{0}\">{0}</a>", base::escape_html(name));
      for (const auto& scope : scopes.as_array()) ways += " <code>" + base::escape_html(scope.as_string()) + "</code>";
    }
  }
  return "<p class=\"quiet\">Called with " + ways + "</p>";
}

std::string parameters_html(const Listed& one) {
  const auto* parameters = one.about->if_contains("parameters");
  if (!parameters) return {};
  std::string rows;
  for (const auto& value : parameters->as_array()) {
    const auto& parameter = value.as_object();
    const auto what = text_of(parameter, "description");
    rows += fmt::format(
        "<tr><th scope=\"row\"><code>{}</code> <span class=\"quiet\">{}{}</span></th><td>{}{}</td></tr>",
        base::escape_html(text_of(parameter, "name")), base::escape_html(text_of(parameter, "in")),
        parameter.at("required").as_bool() ? "" : ", optional", type_html(parameter.at("schema").as_object()),
        what.empty() ? "" : "<br><span class=\"quiet\">" + base::escape_html(what) + "</span>");
  }
  return "<h4>Parameters</h4><table>" + rows + "</table>";
}

std::string content_html(const object& holder) {
  const auto* content = holder.if_contains("content");
  if (!content) return "no body";
  std::string out;
  for (const auto& [type, media] : content->as_object()) {
    const auto& schema = media.at("schema").as_object();
    if (!schema.empty()) out += type_html(schema) + " ";
    if (schema.empty() || type != "application/json") out += "<code>" + base::escape_html(type) + "</code> ";
  }
  return out;
}

std::string body_html(const Listed& one) {
  const auto* body = one.about->if_contains("requestBody");
  return body ? "<h4>Body</h4><p>" + content_html(body->as_object()) + "</p>" : std::string();
}

std::string headers_html(const object& answer) {
  const auto* headers = answer.if_contains("headers");
  if (!headers) return {};
  std::string names;
  for (const auto& [name, header] : headers->as_object()) {
    names += (names.empty() ? "" : ", ") + fmt::format("<a href=\"#header-{0}\">{0}</a>", base::escape_html(name));
  }
  return "<br><span class=\"quiet\">" + names + "</span>";
}

std::string answer_row(std::string_view status, const object& answer) {
  const auto shared = text_of(answer, "$ref");
  if (!shared.empty()) {
    const auto name = base::escape_html(shared.substr(shared.rfind('/') + 1));
    return fmt::format("<a class=\"refusal\" href=\"#answer-{}\">{}</a> ", name, base::escape_html(status));
  }
  return fmt::format("<tr><th scope=\"row\">{}</th><td>{}{}</td></tr>", base::escape_html(status), content_html(answer),
                     headers_html(answer));
}

std::string answers_html(const Listed& one) {
  std::string good, refusals;
  for (const auto& [status, answer] : one.about->at("responses").as_object()) {
    const bool shared = answer.as_object().contains("$ref");
    (shared ? refusals : good) += answer_row(status, answer.as_object());
  }
  return "<h4>Answers</h4><table>" + good + "<tr><th scope=\"row\">Problems</th><td>" + refusals + "</td></tr></table>";
}

std::string operation_html(const Listed& one) {
  return fmt::format(
      "<article class=\"operation\" id=\"{}\"><h3>{}</h3><p class=\"path\">{} <code>{}</code></p>{}{}{}{}</article>",
      base::escape_html(one.id()), base::escape_html(text_of(*one.about, "summary")), badge(one), path_html(one.path),
      callers_html(one), parameters_html(one), body_html(one), answers_html(one));
}

std::string capitalised(std::string_view word) {
  std::string out(word);
  if (!out.empty()) out[0] = upper(out.substr(0, 1))[0];
  return base::escape_html(out);
}

std::string tag_html(std::string_view tag, const std::vector<Listed>& all) {
  std::string articles;
  for (const Listed& one : all) articles += one.tag() == tag ? operation_html(one) : "";
  return fmt::format("<section id=\"tag-{0}\"><h2>{1}</h2>{2}</section>", base::escape_html(tag), capitalised(tag),
                     articles);
}

std::string contents_html(std::string_view tag, const std::vector<Listed>& all) {
  std::string items;
  for (const Listed& one : all) {
    if (one.tag() != tag) continue;
    items += fmt::format("<li data-for=\"{0}\"><a href=\"#{0}\">{1}<span>{2}</span></a></li>",
                         base::escape_html(one.id()), badge(one), base::escape_html(text_of(*one.about, "summary")));
  }
  return fmt::format("<li><a class=\"tag\" href=\"#tag-{}\">{}</a><ul>{}</ul></li>", base::escape_html(tag),
                     capitalised(tag), items);
}

std::string schemas_html(const object& components) {
  std::string out = "<section id=\"schemas\"><h2>Schemas</h2>";
  for (const auto& [name, schema] : components.at("schemas").as_object()) {
    auto members = members_html(schema.as_object());
    if (members.empty()) members = "<p>" + type_html(schema.as_object()) + "</p>";
    out += fmt::format("<article id=\"schema-{0}\"><h3>{0}</h3>{1}</article>", base::escape_html(name), members);
  }
  return out + "</section>";
}

std::string described_html(std::string_view title, std::string_view prefix, const object& all) {
  std::string rows;
  for (const auto& [name, about] : all) {
    rows += fmt::format("<tr id=\"{0}-{1}\"><th scope=\"row\"><code>{1}</code></th><td>{2}</td></tr>", prefix,
                        base::escape_html(name), base::escape_html(text_of(about.as_object(), "description")));
  }
  return fmt::format("<section><h2>{}</h2><article><table>{}</table></article></section>", title, rows);
}

constexpr std::string_view frame = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} API</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{style}">
<script src="{script}" defer></script>
</head>
<body>
<header>
<a class="name" href="#top">{title} API</a>
<label><span class="hidden">Search</span><input id="search" type="search" placeholder="Search operations and schemas" autocomplete="off" spellcheck="false"></label>
<a href="/openapi.json">openapi.json</a>
</header>
<div class="columns">
<nav aria-label="Operations"><ul>{contents}<li><a class="tag" href="#schemas">Schemas</a></li></ul></nav>
<main id="top">
<h1>{title} API</h1>
<p class="lead">{description}</p>
<p>Requests and answers are JSON. What goes wrong is told as <a href="#schema-Problem">application/problem+json</a> (RFC 9457) with a
stable <code>type</code> and the request's id. Lists come in pages: <code>nextCursor</code> is the next request's
<code>cursor</code>.</p>
<p id="nothing" hidden>Nothing here has all of these words.</p>
{operations}{schemas}{answers}{headers}{schemes}
</main>
</div>
</body>
</html>
)";

}  // namespace

std::string reference_page(const object& document) {
  const auto all = list_operations(document);
  const auto& components = document.at("components").as_object();
  const auto& info = document.at("info").as_object();
  std::string contents, operations;
  for (const auto& tag : document.at("tags").as_array()) {
    const auto name = text_of(tag.as_object(), "name");
    contents += contents_html(name, all);
    operations += tag_html(name, all);
  }
  return fmt::format(
      frame, fmt::arg("title", base::escape_html(text_of(info, "title"))),
      fmt::arg("description", base::escape_html(text_of(info, "description"))), fmt::arg("style", reference_style_path),
      fmt::arg("script", reference_script_path), fmt::arg("contents", contents), fmt::arg("operations", operations),
      fmt::arg("schemas", schemas_html(components)),
      fmt::arg("answers", described_html("Problems", "answer", components.at("responses").as_object())),
      fmt::arg("headers", described_html("Headers", "header", components.at("headers").as_object())),
      fmt::arg("schemes", described_html("Who is calling", "scheme", components.at("securitySchemes").as_object())));
}

}  // namespace greenroom::api
