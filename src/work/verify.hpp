// `greenroom verify`: judges a finished take by nothing but its folder, without a database. Every file that take.json
// names is there and has its hash, every manifest agrees with itself, with its files and with the take, recordings hold
// block by block. Encrypted files are judged by their contents, with their keys. Says what is right as well as what is
// not. Reads every byte; blocks.
#pragma once
#include <boost/describe/class.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto/at_rest.hpp"

namespace greenroom::work {

struct VerifyLine {
  bool good = false;
  std::string file;  // in the take's folder; empty: the take as a whole
  std::string what;  // a sentence
};
BOOST_DESCRIBE_STRUCT(VerifyLine, (), (good, file, what))

struct Verdict {
  std::string take_id;
  std::string title;
  bool good = false;  // nothing is damaged or missing
  std::vector<VerifyLine> lines;
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (take_id, title, good, lines))

Verdict verify_take(const std::filesystem::path& folder, const crypto::StorageKeys& keys = {});

}  // namespace greenroom::work
