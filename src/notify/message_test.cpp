#include "notify/message.hpp"

#include "crypto/encoding.hpp"

namespace greenroom::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

const Sender from{"Greenroom", "studio@example.org"};
const MessageStamp stamp{base::wall_from_micros(1'795'181'809'000'000), "1234@example.org", "=_b"};

std::string composed(const Mail& mail, TextEncoding encoding = TextEncoding::quoted_printable) {
  auto message = compose_message(mail, from, stamp, encoding);
  EXPECT_TRUE(message) << message.error().what;
  return message.value_or("");
}

TEST(Message, plain_text_is_readable_as_it_is) {
  EXPECT_EQ(composed({"ada@example.org", "Hello", "One\nTwo https://x/?token=abc\n", "", ""}),
            "Date: Fri, 20 Nov 2026 13:36:49 +0000\r\nFrom: Greenroom <studio@example.org>\r\n"
            "To: ada@example.org\r\nSubject: Hello\r\nMessage-ID: <1234@example.org>\r\n"
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            "One\r\nTwo https://x/?token=abc\r\n");
}

TEST(Message, both_forms_are_alternatives) {
  const auto message = composed({"ada@example.org", "Hello", "text\n", "<p>html</p>\n", ""});
  EXPECT_THAT(message, HasSubstr("Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n"));
  EXPECT_THAT(message,
              HasSubstr("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\ntext\r\n\r\n--=_b"));
  EXPECT_TRUE(message.ends_with("<p>html</p>\r\n\r\n--=_b--\r\n"));
}

TEST(Message, subjects_beyond_ascii_are_encoded_words_of_whole_characters) {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "grün ";
  const auto message = composed({"ada@example.org", subject, "", "", ""});
  const auto start = message.find("Subject: ") + 9;
  std::string decoded;
  for (auto line : {message.substr(start, message.find("\r\nMessage-ID") - start)}) {
    for (std::size_t at = 0; (at = line.find("=?UTF-8?B?", at)) != line.npos;) {
      const auto end = line.find("?=", at + 10);
      EXPECT_LE(end + 2 - at, 75U);
      const auto bytes = *crypto::from_base64(line.substr(at + 10, end - at - 10));
      EXPECT_NE(bytes.front() & 0xc0, 0x80) << "a word starts within a character";
      decoded += base::as_text(bytes);
      at = end;
    }
  }
  EXPECT_EQ(decoded, subject);
}

TEST(Message, what_looks_like_an_encoded_word_is_encoded) {
  EXPECT_THAT(composed({"ada@example.org", "=?UTF-8?B?eA==?=", "", "", ""}), Not(HasSubstr("Subject: =?UTF-8?B?eA==")));
}

TEST(Message, quoted_printable_keeps_lines_short) {
  const auto message = composed({"ada@example.org", "x", "größer = " + std::string(200, 'a') + " \n", "", ""});
  EXPECT_THAT(message, HasSubstr("gr=C3=B6=C3=9Fer =3D aaa"));
  EXPECT_THAT(message, HasSubstr("a=20\r\n"));
  for (std::size_t at = message.find("\r\n\r\n"); at < message.size();) {
    const auto end = std::min(message.find("\r\n", at), message.size());
    EXPECT_LE(end - at, 76U);
    at = end + 2;
  }
}

TEST(Message, a_file_keeps_its_letters) {
  const auto message = composed({"ada@example.org", "x", "größer = 1\n", "", ""}, TextEncoding::eight_bit);
  EXPECT_THAT(message, HasSubstr("Content-Transfer-Encoding: 8bit\r\n\r\ngrößer = 1\r\n"));
}

TEST(Message, nothing_adds_a_header_field) {
  for (const char* to : {"ada@example.org\r\nBcc: eve@example.org", "ada@example.org, eve@example.org", "<ada@x>",
                         "ada eve@example.org", "ada@exa mple.org"})
    EXPECT_EQ(compose_message({to, "x", "", "", ""}, from, stamp).error().code, bad_mail) << to;
  for (const char* subject : {"x\r\nBcc: eve@example.org", "x\ny", "x\ry"})
    EXPECT_EQ(compose_message({"ada@example.org", subject, "", "", ""}, from, stamp).error().code, bad_mail);
  EXPECT_THAT(composed({"ada@example.org", "x", "a\rb\nc\r\n", "", ""}), HasSubstr("a\r\nb\r\nc\r\n"));
}

TEST(Message, addresses) {
  for (const char* good : {"a@b", "ada.lovelace+x@mail.example.org", "o'hara@example.org", "1@1.example"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad :
       {"",     "@",    "a@",     "@b",    "a",     "a@b@c", ".a@b",        "a.@b",    "a..b@c",        "a@b.",
        "a@-b", "a@b-", "a@b..c", "a b@c", "a\t@b", "ä@b",   "a@ü.example", "\"a\"@b", "a@[127.0.0.1]", "a@b\n"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@example.org"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(254, 'b')));
}

TEST(Message, senders) {
  const auto full = parse_sender(" The Green Room <studio@example.org> ");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->name, "The Green Room");
  EXPECT_EQ(full->address, "studio@example.org");
  EXPECT_EQ(parse_sender("\"Grün\" <a@b>")->name, "Grün");
  EXPECT_EQ(parse_sender("a@b")->address, "a@b");
  for (const char* bad : {"", "Name", "Name <a@b", "Name <a@b> x", "N\nBcc: x <a@b>"}) EXPECT_FALSE(parse_sender(bad));
  EXPECT_THAT(*compose_message({"a@b", "x", "", "", ""}, *parse_sender("Grün, <a@b>"), stamp),
              HasSubstr("From: =?UTF-8?B?R3LDvG4s?= <a@b>\r\n"));
}

TEST(Message, stamps_differ) {
  base::SeededRng rng(1);
  const auto a = make_stamp(from, stamp.date, rng), b = make_stamp(from, stamp.date, rng);
  EXPECT_NE(a.id, b.id);
  EXPECT_TRUE(a.id.ends_with("@example.org"));
}

}  // namespace
}  // namespace greenroom::notify
