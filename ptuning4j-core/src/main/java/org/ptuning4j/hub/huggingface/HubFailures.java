package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.io.UncheckedIOException;
import javax.net.ssl.SSLException;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.RefusedException;
import org.ptuning4j.hub.download.Retries;

/** Says in words what the hub refuses or why it cannot be reached, and what to do. */
final class HubFailures {

  private final HubSettings settings;

  HubFailures(HubSettings settings) {
    this.settings = settings;
  }

  /** The exception for a failure while a model was fetched. */
  RuntimeException of(HubName model, IOException failure) {
    if (failure instanceof RefusedException refused) {
      return new InvalidInputException("model: " + model + ": " + refusal(model, refused), failure);
    }
    if (failure.getCause() instanceof RefusedException refused) {
      return failed(
          "model: %s: %s, again and again (%d); try later: what has arrived is kept"
              .formatted(
                  model,
                  refused.status() == 429 ? "the hub asks to wait" : "the hub fails",
                  refused.status()),
          failure);
    }
    if (failure instanceof SSLException) {
      return unreachable(
          model,
          failure,
          "no trusted connection; where a company's proxy opens connections, give Java its"
              + " certificate (-Djavax.net.ssl.trustStore=FILE in JAVA_TOOL_OPTIONS)");
    }
    return unreachable(
        model,
        failure,
        Retries.reason(failure)
            + (Retries.hostIsUnknown(failure)
                ? ", or a mirror (HF_ENDPOINT)"
                : "; what has arrived is kept"));
  }

  private RuntimeException unreachable(HubName model, IOException failure, String why) {
    return failed(
        "model: %s cannot be fetched from %s: %s".formatted(model, settings.endpoint(), why),
        failure);
  }

  /** The message is complete: the original failure is not its cause, but shown in a trace. */
  private static RuntimeException failed(String message, IOException failure) {
    IOException said = new IOException(message);
    said.addSuppressed(failure);
    return new UncheckedIOException(message, said);
  }

  /** What is missing where nothing may be fetched. */
  InvalidInputException offline(HubName model, HubCache cache) {
    return InvalidInputException.of(
        "model: %s is not, or not wholly, in %s, and HF_HUB_OFFLINE forbids to fetch it; unset it,"
            + " or fetch the model on a machine with a network and copy that folder",
        model, cache.repository(model));
  }

  private String refusal(HubName model, RefusedException refused) {
    return switch (refused.code()) {
      case "GatedRepo" -> gated(model);
      case "RevisionNotFound" ->
          "the model has no revision '%s'; its page, %s/%s, lists branches, tags and commits"
              .formatted(model.revision(), settings.endpoint(), model.repository());
      case "EntryNotFound" -> "a file is gone: " + refused.getMessage();
      case "RepoNotFound" -> missing();
      default ->
          switch (refused.status()) {
            case 401, 404 -> missing();
            case 403 -> forbidden(model);
            default -> "the hub refuses: " + refused.getMessage();
          };
    };
  }

  private String gated(HubName model) {
    String page = settings.endpoint() + "/" + model.repository();
    return settings.token().isPresent()
        ? "access is granted on request, and the owner of your token has none; ask for it at "
            + page
        : "access is granted on request; ask for it at %s, then set HF_TOKEN to a token of yours"
            .formatted(page);
  }

  private String missing() {
    return settings.token().isPresent()
        ? "there is neither a folder of that name here nor such a model at %s, or it is private and your token (HF_TOKEN, or the one in the token's file) does not open it, or has expired"
            .formatted(settings.endpoint())
        : "there is neither a folder of that name here nor such a model at %s, or it is private; see how it is spelled, and set HF_TOKEN if it is private"
            .formatted(settings.endpoint());
  }

  private String forbidden(HubName model) {
    return settings.token().isPresent()
        ? "your token may not read it; it needs the right to read " + model.repository()
        : "access is forbidden; set HF_TOKEN to a token that may read it";
  }
}
