#include "notify/letters.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace greenroom::notify {
namespace {

// A letter before its two forms: sentences, one button, and what stands below it.
struct Draft {
  std::string subject;
  std::string heading;
  std::vector<std::string> sentences;
  std::string button;
  std::string link;
  std::string footnote;
};

// A name from outside: one line, no control characters, no longer than a name is.
std::string name_of(std::string_view text) {
  std::string out;
  std::size_t points = 0;
  for (const char c : text) {
    const bool starts_point = (std::uint8_t(c) & 0xc0) != 0x80;
    if (starts_point && ++points > letter_name_max) return out + "…";
    out += std::uint8_t(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out;
}

std::string counted(std::int64_t n, std::string_view unit) {
  return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
}

std::string in_words(base::Duration valid) {
  using namespace std::chrono;
  if (valid >= hours(48)) return counted(duration_cast<hours>(valid).count() / 24, "day");
  if (valid >= hours(1)) return counted(duration_cast<hours>(valid).count(), "hour");
  return counted(duration_cast<minutes>(valid).count(), "minute");
}

std::string plain_form(const Draft& draft) {
  std::string out = draft.heading + "\n\n";
  for (const auto& sentence : draft.sentences) out += sentence + "\n";
  return out + fmt::format("\n{}:\n{}\n\n{}\n\n-- \nGreenroom\n", draft.button, draft.link, draft.footnote);
}

// Tables and inline styles: what mail programs of every age show alike. Colours are the web application's.
std::string html_form(const Draft& draft) {
  std::string body;
  for (const auto& sentence : draft.sentences)
    body += fmt::format("<p style=\"margin:0 0 16px\">{}</p>\n", base::escape_html(sentence));
  return fmt::format(
      R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{subject}</title></head>
<body style="margin:0;background:#f4f5f4;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"
 style="max-width:480px;background:#ffffff;border-radius:12px">
<tr><td style="padding:32px;color:#1d2320;font-size:16px;line-height:24px">
<p style="margin:0 0 24px;font-size:14px;font-weight:600;color:#1f7a4d">Greenroom</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:28px">{heading}</h1>
{body}<p style="margin:24px 0"><a href="{link}"
 style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f7a4d;color:#ffffff;text-decoration:none;font-weight:600">{button}</a></p>
<p style="margin:0 0 16px;font-size:13px;line-height:20px;color:#5c6660">If the button does not work, open this address:<br>
<a href="{link}" style="color:#1f7a4d;word-break:break-all">{link}</a></p>
<p style="margin:0;font-size:13px;line-height:20px;color:#5c6660">{footnote}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
)",
      fmt::arg("subject", base::escape_html(draft.subject)), fmt::arg("heading", base::escape_html(draft.heading)),
      fmt::arg("body", body), fmt::arg("link", base::escape_html(draft.link)),
      fmt::arg("button", base::escape_html(draft.button)), fmt::arg("footnote", base::escape_html(draft.footnote)));
}

Mail finish(std::string_view to, const Draft& draft) {
  return {std::string(to), draft.subject, plain_form(draft), html_form(draft), draft.link};
}

constexpr std::string_view ignore_it = "If that was not you, ignore this mail: nothing happens.";

}  // namespace

Mail verification_letter(const LinkLetter& letter) {
  return finish(letter.to, {.subject = "Confirm your e-mail address",
                            .heading = "Confirm your e-mail address",
                            .sentences = {"Someone, probably you, made a Greenroom account with this address.",
                                          "Confirm that it is yours to finish."},
                            .button = "Confirm address",
                            .link = letter.link,
                            .footnote = fmt::format("The link works once, for {}. {}", in_words(letter.valid),
                                                    "If that was not you, ignore this mail: no account comes of it.")});
}

Mail account_exists_letter(std::string_view to, std::string_view link) {
  return finish(to, {.subject = "You already have an account",
                     .heading = "You already have an account",
                     .sentences = {"Someone, probably you, tried to make a Greenroom account with this address.",
                                   "There is one already: sign in, or choose a new password if you forgot yours."},
                     .button = "Sign in",
                     .link = std::string(link),
                     .footnote = std::string(ignore_it)});
}

Mail reset_letter(const LinkLetter& letter) {
  return finish(letter.to,
                {.subject = "Choose a new password",
                 .heading = "Choose a new password",
                 .sentences = {"Someone, probably you, asked for a new password for your Greenroom account."},
                 .button = "Choose a password",
                 .link = letter.link,
                 .footnote = fmt::format("The link works once, for {}. {}", in_words(letter.valid),
                                         "If that was not you, ignore this mail: your password stays as it is.")});
}

Mail magic_link_letter(const LinkLetter& letter) {
  return finish(letter.to, {.subject = "Your sign-in link",
                            .heading = "Sign in to Greenroom",
                            .sentences = {"Here is the link that you asked for. It signs you in without a password."},
                            .button = "Sign in",
                            .link = letter.link,
                            .footnote = fmt::format(
                                "The link works once, for {}. {}", in_words(letter.valid),
                                "Do not pass it on: whoever opens it is signed in as you. " + std::string(ignore_it))});
}

Mail workspace_invitation_letter(const LinkLetter& letter, const WorkspaceInvitation& invitation) {
  const auto inviter = name_of(invitation.inviter), workspace = name_of(invitation.workspace);
  return finish(letter.to, {.subject = fmt::format("{} invites you to {}", inviter, workspace),
                            .heading = fmt::format("Join {} on Greenroom", workspace),
                            .sentences = {fmt::format("{} invites you to the workspace {} as {}.", inviter, workspace,
                                                      name_of(invitation.role))},
                            .button = "Accept the invitation",
                            .link = letter.link,
                            .footnote = fmt::format("The invitation stands for {}. If you do not know {}, ignore it.",
                                                    in_words(letter.valid), inviter)});
}

Mail session_invitation_letter(std::string_view to, std::string_view link, const SessionInvitation& invitation) {
  const auto inviter = name_of(invitation.inviter), session = name_of(invitation.session);
  std::vector<std::string> sentences{fmt::format("{} invites you to {}.", inviter, session)};
  if (!invitation.when.empty()) sentences.push_back(fmt::format("It begins on {}.", invitation.when));
  sentences.emplace_back("You need no account: open the link in a browser and give your name.");
  return finish(to, {.subject = fmt::format("{} invites you to {}", inviter, session),
                     .heading = session,
                     .sentences = std::move(sentences),
                     .button = "Join the session",
                     .link = std::string(link),
                     .footnote = fmt::format("If you do not know {}, ignore this mail.", inviter)});
}

}  // namespace greenroom::notify
