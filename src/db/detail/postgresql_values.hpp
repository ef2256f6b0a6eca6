// Values as libpq sends and brings them: parameters as text (bytes and texts by their length), results as text by the
// type the server names. Used by one connection on its thread.
#pragma once
#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "db/db.hpp"

namespace greenroom::db {

// The arrays that PQsendQueryPrepared wants. Bytes are referred to, so the parameters must outlive this.
class WireValues {
 public:
  explicit WireValues(std::span<const Parameter> parameters);
  WireValues(const WireValues&) = delete;
  WireValues& operator=(const WireValues&) = delete;
  std::size_t size() const { return texts_.size(); }
  const char* const* texts() const { return texts_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add(const Value& value);
  void add_number(std::string text);

  std::vector<std::string> numbers_;
  std::vector<const char*> texts_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

Row read_row(const PGresult* result);

}  // namespace greenroom::db
