# SPDX-License-Identifier: Apache-2.0
# Every library that Tilicho is built from, and where it is looked for.
find_package(MLIR REQUIRED CONFIG PATHS /usr/lib/llvm-22/lib/cmake/mlir)
if(NOT MLIR_VERSION_MAJOR EQUAL 22 AND NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "MLIR 22 is needed, ${LLVM_VERSION} was found; pass "
                      "-DMLIR_DIR=FOLDER of MLIRConfig.cmake")
endif()
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GTest REQUIRED)
find_package(absl REQUIRED)
find_package(Flatbuffers QUIET CONFIG)
find_program(TILICHO_FLATC flatc REQUIRED)
# NO_DEFAULT_PATH: Debian's own ONNX is years older and would be taken silently.
find_package(ONNX CONFIG PATHS ${TILICHO_CACHE}/onnx-1.22.0 NO_DEFAULT_PATH)
if(NOT ONNX_FOUND)
  message(FATAL_ERROR "ONNX's C++ library is not in ${TILICHO_CACHE}; run "
                      "scripts/install, or pass -DTILICHO_CACHE=FOLDER")
endif()

list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
# mlir_tablegen and the TableGen targets; the rest of LLVM's modules is not used.
include(TableGen)
include(AddLLVM)
include(AddMLIR)

find_program(TILICHO_CCACHE ccache)
if(TILICHO_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${TILICHO_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TILICHO_CCACHE})
endif()

# Protobuf and abseil go into the two shared libraries hidden and static, so that
# they never meet those of another library of the process. Headers and tools are
# the system's, of the same version.
if(EXISTS ${TILICHO_CACHE}/static/done)
  set(static_folder ${TILICHO_CACHE}/static/lib)
  get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target ${imported})
    string(REGEX REPLACE "^absl::" "absl_" file "${target}")
    string(REGEX REPLACE "^protobuf::lib" "" file "${file}")
    if(target MATCHES "^(absl|protobuf)::" AND
       EXISTS ${static_folder}/lib${file}.a)
      set_target_properties(${target} PROPERTIES
        IMPORTED_LOCATION ${static_folder}/lib${file}.a
        IMPORTED_LOCATION_NONE ${static_folder}/lib${file}.a
        IMPORTED_LOCATION_RELEASE ${static_folder}/lib${file}.a
        IMPORTED_LOCATION_DEBUG ${static_folder}/lib${file}.a)
    endif()
  endforeach()
else()
  message(WARNING "static Protobuf and abseil are not in ${TILICHO_CACHE}, so "
                  "that the system's shared ones are linked; run "
                  "scripts/install-static ${TILICHO_CACHE}")
endif()
