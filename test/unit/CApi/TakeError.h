// SPDX-License-Identifier: Apache-2.0
// Errors of the C interface as text.
#ifndef TILICHO_TEST_UNIT_CAPI_TAKEERROR_H
#define TILICHO_TEST_UNIT_CAPI_TAKEERROR_H

#include "tilicho/tilicho.h"

#include <string>

/// The error's message, which goes with the error; "" for none.
inline std::string take(tilicho_error *error) {
  std::string message = tilicho_error_message(error);
  tilicho_error_free(error);
  return message;
}

#endif // TILICHO_TEST_UNIT_CAPI_TAKEERROR_H
