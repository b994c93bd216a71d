package org.example.reviews;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.Batcher;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Asks a task about a text; texts of all callers share batches. */
@RestController
class ReviewController {

  private final Batcher batcher;

  ReviewController(Batcher batcher) {
    this.batcher = batcher;
  }

  @PostMapping("/tasks/{task}")
  CompletableFuture<Map<String, Object>> ask(@PathVariable String task, @RequestBody String text) {
    return batcher.submit(Request.of(task, text)).thenApply(ReviewController::fields);
  }

  private static Map<String, Object> fields(Outcome outcome) {
    if (outcome.failure().isPresent()) {
      Outcome.Failed failed = outcome.failure().get();
      throw new ResponseStatusException(status(failed.problem()), failed.problem().name());
    }
    return outcome.orElseThrow().fields();
  }

  private static HttpStatus status(Problem problem) {
    return switch (problem) {
      case UNKNOWN_TASK -> HttpStatus.NOT_FOUND;
      case UNUSABLE_INPUT, REFUSED -> HttpStatus.UNPROCESSABLE_CONTENT;
      case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
      case TOO_LATE -> HttpStatus.GATEWAY_TIMEOUT;
      default -> HttpStatus.SERVICE_UNAVAILABLE;
    };
  }
}
