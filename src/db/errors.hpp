// What can go wrong with a database, as a caller can act on it. Every module that owns tables may see these.
#pragma once
#include "base/result.hpp"

namespace greenroom::db {

inline constexpr base::ErrorCode error_busy{base::ErrorKind::unavailable, "db.busy"};  // try later
// The database does not answer. Nothing was changed.
inline constexpr base::ErrorCode error_unavailable{base::ErrorKind::unavailable, "db.unavailable"};
// The connection was lost while a commit ran: it may or may not have happened. Never retried by us.
inline constexpr base::ErrorCode error_outcome_unknown{base::ErrorKind::internal, "db.outcome_unknown"};
inline constexpr base::ErrorCode error_constraint{base::ErrorKind::conflict,
                                                  "db.constraint"};                      // unique, check, foreign key
inline constexpr base::ErrorCode error_text{base::ErrorKind::invalid, "db.text"};        // a NUL, or not UTF-8
inline constexpr base::ErrorCode error_full{base::ErrorKind::exhausted, "db.full"};      // no room on the disk
inline constexpr base::ErrorCode error_corrupt{base::ErrorKind::corrupt, "db.corrupt"};  // a row or file that cannot be
inline constexpr base::ErrorCode error_io{base::ErrorKind::io, "db.io"};
inline constexpr base::ErrorCode error_failed{base::ErrorKind::internal, "db.failed"};  // our SQL is wrong

// The sentence for people that goes with each of these.
std::string_view sentence(const base::ErrorCode& code);

}  // namespace greenroom::db
