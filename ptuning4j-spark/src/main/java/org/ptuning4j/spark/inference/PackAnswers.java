package org.ptuning4j.spark.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.AnswerFields;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.spark.row.RowValues;
import org.ptuning4j.task.Answer;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Answers the rows of a partition, some hundreds at a time: three columns more for each, what is
 * predicted, the whole answer as JSON, and why there is none.
 *
 * @param model the model's folder at each executor
 * @param precision of the model
 * @param packs by their names
 * @param packColumn the column that names a row's pack; empty where there is one pack
 * @param values reads a row
 * @param rows how many are answered together
 */
public record PackAnswers(
    String model,
    Precision precision,
    Broadcast<Map<String, PackContent>> packs,
    String packColumn,
    RowValues values,
    int rows)
    implements MapPartitionsFunction<Row, Row>, Serializable {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Iterator<Row> call(Iterator<Row> partition) {
    if (!partition.hasNext()) {
      return partition;
    }
    Torch.useThreads(Math.max(1, TaskContext.get().cpus()));
    Map<String, PackContent> known = packs.value();
    Predictor predictor = ExecutorPredictors.here().of(model, precision, known.values());
    return new Iterator<>() {

      private Iterator<Row> answered = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        return answered.hasNext() || partition.hasNext();
      }

      @Override
      public Row next() {
        if (!answered.hasNext()) {
          answered = answer(predictor, known, some(partition)).iterator();
        }
        return answered.next();
      }
    };
  }

  private List<Row> some(Iterator<Row> partition) {
    List<Row> some = new ArrayList<>();
    while (some.size() < rows && partition.hasNext()) {
      some.add(partition.next());
    }
    return some;
  }

  /** A row's question, or why there is none. */
  private record Asked(Optional<Request> request, String problem) {}

  private List<Row> answer(Predictor predictor, Map<String, PackContent> known, List<Row> some) {
    List<Asked> asked = some.stream().map(row -> asked(row, known)).toList();
    Iterator<Outcome> outcomes =
        predictor
            .answer(asked.stream().flatMap(each -> each.request().stream()).toList())
            .iterator();
    List<Row> answered = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      Asked each = asked.get(i);
      answered.add(
          each.request().isPresent()
              ? with(some.get(i), outcomes.next())
              : with(some.get(i), null, null, each.problem()));
    }
    return answered;
  }

  private Asked asked(Row row, Map<String, PackContent> known) {
    try {
      PackContent pack =
          packColumn.isEmpty()
              ? known.values().iterator().next()
              : known.get(String.valueOf(row.<Object>getAs(packColumn)));
      if (pack == null) {
        return new Asked(
            Optional.empty(),
            "%s: there is no pack '%s'; there are %s"
                .formatted(packColumn, row.getAs(packColumn), String.join(", ", known.keySet())));
      }
      Map<String, Object> named = new LinkedHashMap<>(values.of(row));
      named.remove(packColumn);
      return new Asked(Optional.of(Request.of(pack.key(), named)), null);
    } catch (InvalidInputException e) {
      return new Asked(Optional.empty(), e.getMessage());
    }
  }

  private static Row with(Row row, Outcome outcome) {
    if (outcome.failure().isPresent()) {
      Outcome.Failed failed = outcome.failure().get();
      if (!failed.isBadInput()) {
        throw failed.cause(); // the machine is to blame: Spark tries the task again
      }
      return with(row, null, null, failed.reason());
    }
    Answer answer = outcome.orElseThrow();
    Map<String, Object> fields = AnswerFields.of(answer);
    return with(row, prediction(answer, fields), json(fields), null);
  }

  /** The label of an answer that is one, else its first field. */
  private static String prediction(Answer answer, Map<String, Object> fields) {
    if (answer.oneLabel().isPresent()) {
      return answer.oneLabel().get().label();
    }
    Object first = fields.values().iterator().next();
    return first instanceof String || first instanceof Number ? first.toString() : json(first);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer is plain data", e);
    }
  }

  private static Row with(Row row, String prediction, String answer, String problem) {
    Object[] all = new Object[row.size() + 3];
    for (int i = 0; i < row.size(); i++) {
      all[i] = row.get(i);
    }
    all[row.size()] = prediction;
    all[row.size() + 1] = answer;
    all[row.size() + 2] = problem;
    return RowFactory.create(all);
  }
}
