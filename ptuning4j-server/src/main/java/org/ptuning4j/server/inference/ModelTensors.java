package org.ptuning4j.server.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.predict.AnswerFields;
import org.ptuning4j.server.json.JsonOutput;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.TaskInputs;

/**
 * A task's inputs and answers as tensors.
 *
 * @param offered the task
 */
public record ModelTensors(OfferedTask offered) {

  /** The tensor that holds whole answers as JSON. */
  public static final String ANSWER = "answer_json";

  /** What a client may know of a tensor before it asks. */
  public record Declared(String name, TensorType type) {}

  /** The tensors that a request has. */
  public List<Declared> inputs() {
    return offered.task().inputs().fields().stream()
        .map(field -> new Declared(field.name(), TensorType.of(field.kind())))
        .toList();
  }

  /** The tensors that a reply has. */
  public List<Declared> outputs() {
    List<Declared> outputs = new ArrayList<>();
    for (AnswerSchema.Field field : offered.task().answerSchema().fields()) {
      outputs.add(new Declared(field.name(), TensorType.of(field.type())));
    }
    outputs.add(new Declared(ANSWER, TensorType.BYTES));
    return outputs;
  }

  /** The type of an input, by its name or one of its columns; texts where it is not known. */
  public TensorType inputType(String name) {
    for (TaskInputs.Field field : offered.task().inputs().fields()) {
      if (field.name().equals(name) || field.source().columns().contains(name)) {
        return TensorType.of(field.kind());
      }
    }
    return TensorType.BYTES;
  }

  /**
   * Answers as tensors.
   *
   * @param wanted names of some of the {@link #outputs}; none for all
   */
  public List<NamedTensor> of(List<Answer> answers, List<String> wanted) {
    List<Map<String, Object>> fields = answers.stream().map(AnswerFields::of).toList();
    List<NamedTensor> tensors = new ArrayList<>();
    for (Declared declared : outputs()) {
      if (wanted.isEmpty() || wanted.contains(declared.name())) {
        List<Object> values = new ArrayList<>();
        fields.forEach(each -> values.add(value(declared, each)));
        tensors.add(new NamedTensor(declared.name(), declared.type(), values));
      }
    }
    return tensors;
  }

  private static Object value(Declared declared, Map<String, Object> fields) {
    if (declared.name().equals(ANSWER)) {
      return JsonOutput.text(new LinkedHashMap<>(fields));
    }
    Object value = fields.get(declared.name());
    boolean plain = declared.type() != TensorType.BYTES || value instanceof String;
    return plain ? value : JsonOutput.text(value);
  }
}
