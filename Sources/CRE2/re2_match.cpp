#include "CRE2.h"

#include <exception>
#include <memory>
#include <re2/re2.h>
#include <string>

struct mlpack_re2 {
    RE2 expression;

    mlpack_re2(re2::StringPiece pattern, const RE2::Options &options) : expression(pattern, options) {}
};

mlpack_re2 *mlpack_re2_compile(const char *pattern, size_t count, int longest, char *message, size_t capacity) {
    std::string reason;
    try {
        // The rest stays as RE2 has it by itself: UTF-8, Perl's syntax, 8 MiB for the program and its automata.
        RE2::Options options;
        options.set_log_errors(false);
        options.set_longest_match(longest != 0);
        auto compiled = std::make_unique<mlpack_re2>(re2::StringPiece(pattern, count), options);
        if (compiled->expression.ok()) return compiled.release();
        reason = compiled->expression.error();
    } catch (const std::exception &error) {
        reason = error.what();
    } catch (...) {
        reason = "an exception of unknown type";
    }
    if (capacity > 0) message[reason.copy(message, capacity - 1)] = 0;
    return nullptr;
}

int mlpack_re2_matches_whole(const mlpack_re2 *pattern, const char *text, size_t count) {
    try {
        return RE2::FullMatch(re2::StringPiece(text, count), pattern->expression) ? 1 : 0;
    } catch (...) {
        return -1;
    }
}

int mlpack_re2_find(const mlpack_re2 *pattern, const char *text, size_t count, size_t start, size_t bounds[2]) {
    try {
        re2::StringPiece match;
        if (!pattern->expression.Match(re2::StringPiece(text, count), start, count, RE2::UNANCHORED, &match, 1)) return 0;
        bounds[0] = static_cast<size_t>(match.data() - text);
        bounds[1] = bounds[0] + match.size();
        return 1;
    } catch (...) {
        return -1;
    }
}

void mlpack_re2_free(mlpack_re2 *pattern) {
    delete pattern;
}
