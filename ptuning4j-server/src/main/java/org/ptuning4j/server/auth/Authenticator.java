package org.ptuning4j.server.auth;

import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Says who asks, by the header {@code Authorization}.
 *
 * @param keys as they are at present; empty where the server needs none
 * @param clock tells whether a key has expired
 */
public record Authenticator(Supplier<Optional<Keys>> keys, Clock clock) {

  private static final String SCHEME = "Bearer ";

  /**
   * Who asks.
   *
   * @throws org.ptuning4j.server.problem.ProblemException where a key is needed and there is none
   *     that is valid; it does not tell a wrong key from an expired one
   */
  public Caller caller(String authorizationOrNull) {
    Optional<Keys> known = keys.get();
    if (known.isEmpty()) {
      return Caller.ANYONE;
    }
    return Optional.ofNullable(authorizationOrNull)
        .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
        .flatMap(
            header ->
                known.get().caller(header.substring(SCHEME.length()).strip(), clock.instant()))
        .orElseThrow(() -> needed().exception());
  }

  private static ProblemDetails needed() {
    return ProblemDetails.of(
        ProblemKind.UNAUTHORIZED, "a valid key is needed: Authorization: Bearer KEY");
  }
}
