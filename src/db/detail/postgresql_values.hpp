// Values as libpq sends and brings them: parameters as text (bytes and texts by their length), results as text by the
// type the server names. Used by one connection on its thread.
#pragma once
#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "db/db.hpp"

namespace greenroom::db {

// The arrays that PQsendQueryPrepared wants. Bytes are referred to, so the parameters must outlive this. (Texts are
// copied: libpq wants them with a NUL at their end.)
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
  void add(const ValueView& value);
  void add_text(std::string text);

  std::vector<std::string> kept_;
  std::vector<const char*> texts_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// The only row of a result in single-row mode. Texts are the result's own.
class WireRow {
 public:
  explicit WireRow(const PGresult* result);
  Row row() const { return Row(values_); }

 private:
  std::vector<ValueView> values_;
  std::vector<base::Bytes> decoded_;
};

}  // namespace greenroom::db
