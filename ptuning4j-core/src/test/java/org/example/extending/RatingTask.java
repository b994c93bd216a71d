package org.example.extending;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.Fields;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.PhysicalLine;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.Truncation;

/** Your own task, with its own file format: lines such as {@code ***__ Not bad.}. */
record RatingTask(int stars) implements Task<RatingTask.Review> {

  static final String KIND = "rating";

  /** One line of a file; {@code given} is −1 where it is not known. */
  record Review(int line, int given, String text) implements Example {}

  /** So many stars. */
  record Stars(double value) implements Answer {

    @Override
    public String text() {
      return String.valueOf(Math.round(value));
    }

    @Override
    public Map<String, Object> fields() {
      return Map.of("stars", value);
    }
  }

  static RatingTask of(Fields fields) {
    return new RatingTask(fields.integer("stars"));
  }

  @Override
  public Map<String, Object> definition() {
    return Map.of("kind", KIND, "stars", stars, "max_length", 64);
  }

  @Override
  public TaskInfo info() {
    return TaskInfo.of(
        "rating", "how many stars a review gives", List.of("within_a_star"), Truncation.to(64));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(TaskInputs.Field.text("text", "text"));
  }

  @Override
  public AnswerSchema answerSchema() {
    return AnswerSchema.of(
        new AnswerSchema.Field("stars", AnswerSchema.Type.NUMBER, "from 0 to " + stars));
  }

  @Override
  public Examples<Review> read(InputFile file) {
    List<Review> reviews = new ArrayList<>();
    List<BadRow> bad = new ArrayList<>();
    InputFile.Content<Integer> content =
        file.readLines(
            (input, lines) -> {
              for (var line = lines.nextFilled(); line.isPresent(); line = lines.nextFilled()) {
                add(line.get(), reviews, bad);
              }
              return lines.linesRead();
            });
    return new Examples<>(file.path(), content.fingerprint(), reviews, bad);
  }

  private void add(PhysicalLine line, List<Review> reviews, List<BadRow> bad) {
    String[] parts = line.isBad() ? new String[0] : line.text().split(" ", 2);
    if (parts.length == 2 && parts[0].matches("\\*{0," + stars + "}_*")) {
      int given = (int) parts[0].chars().filter(c -> c == '*').count();
      reviews.add(new Review(line.number(), given, parts[1]));
    } else {
      String needed = "stars, a blank and a text are expected, such as '**___ Dull.'";
      bad.add(new BadRow(line.number(), line.isBad() ? line.problem() : needed));
    }
  }

  @Override
  public Examples<Review> readUnlabelled(InputFile file) {
    return read(file);
  }

  @Override
  public Review readRow(Row row) {
    return new Review(row.line(), -1, String.valueOf(row.get("text")));
  }

  /** Nothing is left open: neither the training data nor the tokenizer have anything to tell. */
  @Override
  public PreparedTask<Review> prepare(Preparation<Review> by) {
    return new Prepared(this);
  }

  /** The task, as a model is trained on it and asked it. */
  private record Prepared(RatingTask task) implements PreparedTask<Review> {

    @Override
    public HeadSpec head(HeadOptions options) {
      return LinearHeadSpec.regression(options.inputOrDefault(), options.dropout());
    }

    @Override
    public List<Item> items(Review review, ItemEncoder encoder) {
      var row = encoder.row(review.text(), null, Truncation.Strategy.LONGEST_FIRST);
      Item item = Item.of(row);
      return List.of(review.given() < 0 ? item : item.withTarget(new Target.Value(review.given())));
    }

    @Override
    public Answer answer(Review review, List<Item> items, List<float[]> scores) {
      return new Stars(Math.max(0, Math.min(task.stars(), scores.get(0)[0])));
    }

    @Override
    public Scores score(List<Review> reviews, List<Answer> answers) {
      double near = 0;
      for (int i = 0; i < reviews.size(); i++) {
        near += Math.abs(((Stars) answers.get(i)).value() - reviews.get(i).given()) < 1 ? 1 : 0;
      }
      return Scores.of(Map.of("within_a_star", near / reviews.size()));
    }
  }
}
