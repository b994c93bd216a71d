package org.ptuning4j.server.inference;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.protocol.TaskAccess;
import org.ptuning4j.server.protocol.UnreadFields;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.Question;
import org.ptuning4j.server.serving.Result;
import org.ptuning4j.task.Answer;

/**
 * Answers a request of the protocol, however it came. The protocol knows no answer of a part: if
 * one row cannot be answered, the request fails and says which.
 *
 * @param access the tasks as the caller sees them
 * @param limits as they are at present
 */
public record Inference(TaskAccess access, Limits limits) {

  /**
   * Answers.
   *
   * @param model the task's name
   * @param inputs with the same number of values each
   * @param wanted names of outputs; none for all
   * @param deadline after which nobody waits
   * @throws ProblemException if it cannot be answered
   */
  public List<NamedTensor> infer(
      String model, List<NamedTensor> inputs, List<String> wanted, Instant deadline) {
    OfferedTask task = access.get("model", model);
    ModelTensors tensors = new ModelTensors(task);
    requireOutputs(tensors, wanted);
    List<Question> questions = new ArrayList<>();
    for (int row = 0; row < rows(inputs); row++) {
      questions.add(new Question(model, row(inputs, row)));
    }
    new UnreadFields(access)
        .problem(List.of(model), questions.get(0).values(), "")
        .ifPresent(
            problem -> {
              throw problem.exception();
            });
    return tensors.of(answers(access.serving().answer(questions, deadline)), wanted);
  }

  private int rows(List<NamedTensor> inputs) {
    if (inputs.isEmpty()) {
      throw bad("inputs", "there is no tensor; one at least is expected");
    }
    int rows = inputs.get(0).values().size();
    for (NamedTensor input : inputs) {
      if (input.values().size() != rows) {
        throw bad(
            "inputs",
            "the tensors have %d and %d values; each has one for every row"
                .formatted(rows, input.values().size()));
      }
    }
    if (rows < 1) {
      throw bad("inputs", "there is no row");
    }
    if (rows > limits.of(Limit.INPUTS)) {
      throw ProblemDetails.ofField(
              ProblemKind.TOO_LARGE,
              "inputs",
              "there are %d rows; a request may have %d".formatted(rows, limits.of(Limit.INPUTS)))
          .exception();
    }
    return rows;
  }

  private static Map<String, Object> row(List<NamedTensor> inputs, int row) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (NamedTensor input : inputs) {
      if (values.put(input.name(), input.values().get(row)) != null) {
        throw bad("inputs", "the tensor '" + input.name() + "' is there twice");
      }
    }
    return values;
  }

  private static void requireOutputs(ModelTensors tensors, List<String> wanted) {
    List<String> known = tensors.outputs().stream().map(ModelTensors.Declared::name).toList();
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw ProblemDetails.ofValue(
                ProblemKind.BAD_REQUEST,
                "outputs",
                name,
                "there is no such output; there are " + String.join(", ", known))
            .exception();
      }
    }
  }

  private static List<Answer> answers(List<Result> results) {
    List<Answer> answers = new ArrayList<>();
    for (Result result : results) {
      if (result instanceof Result.Failed failed) {
        throw failed.problem().in("row " + answers.size()).exception();
      } else if (result instanceof Result.Answered answered) {
        answers.add(answered.answer());
      }
    }
    return answers;
  }

  static ProblemException bad(String field, String detail) {
    return ProblemDetails.ofField(ProblemKind.BAD_REQUEST, field, detail).exception();
  }
}
