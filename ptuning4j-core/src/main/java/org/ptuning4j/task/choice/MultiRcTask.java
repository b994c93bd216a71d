package org.ptuning4j.task.choice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.question.FlatMultiRc;
import org.ptuning4j.data.question.MultiRcExample;
import org.ptuning4j.data.question.MultiRcReader;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Submissions;
import org.ptuning4j.task.TaskInfo;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.Truncations;
import org.ptuning4j.task.cloze.StandardClozes;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.text.Truncation;

/**
 * MultiRC of SuperGLUE: for each option of a question, whether it is an answer by the paragraph.
 * The model reads (paragraph, "question option"); where that is too long, the paragraph is cut.
 *
 * @param info its name, metrics and the like
 */
public record MultiRcTask(TaskInfo info) implements LabelledTask<MultiRcExample> {

  /** Its kind in packs. */
  public static final String KIND = "multirc";

  static final List<String> LABELS = List.of("0", "1");

  /** F1 over all options, exact match over questions, and the share of options judged right. */
  static final List<String> METRICS = List.of("f1a", "em", "accuracy");

  private static final Template PARAGRAPH = Template.parse("{paragraph|passage|text}");
  private static final Template QUESTION = Template.column("question");
  private static final Template ANSWER = Template.column("answer");

  /** The task under a name. */
  public static MultiRcTask named(String name, Truncation truncation) {
    return new MultiRcTask(
        TaskInfo.of(
            name,
            "SuperGLUE MultiRC: is this option an answer to the question by the paragraph?",
            METRICS,
            truncation));
  }

  /** The task of a definition. */
  public static MultiRcTask of(Fields fields) {
    return new MultiRcTask(
        TaskInfo.readFixed(fields, named("multirc", Truncations.PASSAGE_FIRST).info()));
  }

  @Override
  public Map<String, Object> definition() {
    return info().fixedDefinition(KIND);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public TaskInputs inputs() {
    return TaskInputs.of(
        new TaskInputs.Field("paragraph", TaskInputs.Kind.TEXT, PARAGRAPH),
        new TaskInputs.Field("question", TaskInputs.Kind.TEXT, QUESTION),
        new TaskInputs.Field("answer", TaskInputs.Kind.TEXT, ANSWER));
  }

  @Override
  public AnswerSchema answerSchema() {
    return LabelAnswer.SCHEMA;
  }

  @Override
  public ExampleContent content(MultiRcExample example) {
    return ExampleContent.of(
        example.text(),
        question(example),
        example.hasLabel() ? List.of(LABELS.get(example.label() ? 1 : 0)) : List.of(),
        example.hasLabel());
  }

  @Override
  public Optional<FileFormat> ownFormat(TextInput input) throws IOException {
    return MultiRcReader.isNested(input) ? Optional.of(FileFormat.MULTIRC) : Optional.empty();
  }

  @Override
  public Examples<MultiRcExample> read(InputFile file) {
    return new MultiRcReader().read(file);
  }

  @Override
  public Examples<MultiRcExample> readUnlabelled(InputFile file) {
    return new MultiRcReader().readUnlabelled(file);
  }

  /** Reads columns {@code paragraph} (or {@code passage}), {@code question} and {@code answer}. */
  @Override
  public MultiRcExample readRow(Row row) throws UnusableRowException {
    try {
      return FlatMultiRc.toPredict(row);
    } catch (InvalidInputException e) {
      throw new UnusableRowException(e.getMessage());
    }
  }

  @Override
  public PreparedMultiRc prepare(Preparation<MultiRcExample> by) {
    return new PreparedMultiRc(this);
  }

  /** The question and the option; the official files have a few empty options. */
  static String question(MultiRcExample example) {
    return (example.questionText() + " " + example.answerText()).strip();
  }

  static boolean isYes(Answer answer) {
    return ((LabelAnswer) answer).label().equals("1");
  }

  @Override
  public List<String> labels() {
    return LABELS;
  }

  @Override
  public Optional<Cloze> cloze() {
    return StandardClozes.of(name());
  }

  @Override
  public Optional<String> submissionFile() {
    return Submissions.file(name());
  }

  @Override
  public void requireSubmittable(List<MultiRcExample> examples) {
    Submissions.requireFormat(name());
    Submissions.requireIdx(examples);
  }

  /** A line for each paragraph, with its questions and their options within. */
  @Override
  public String submission(List<MultiRcExample> examples, List<Answer> answers) {
    Submissions.requireFormat(name());
    Submissions.requireAsMany(examples, answers);
    Map<Integer, Map<Integer, List<Map<String, Object>>>> paragraphs = new LinkedHashMap<>();
    Set<List<Integer>> seen = new HashSet<>();
    for (int i = 0; i < examples.size(); i++) {
      MultiRcExample example = examples.get(i);
      if (!seen.add(List.of(example.paragraph(), example.question(), example.answer()))) {
        throw InvalidInputException.of(
            "%s: paragraph %d, question %d, answer %d is that of an earlier example; each needs its"
                + " own",
            example.source().place(), example.paragraph(), example.question(), example.answer());
      }
      paragraphs
          .computeIfAbsent(example.paragraph(), key -> new LinkedHashMap<>())
          .computeIfAbsent(example.question(), key -> new ArrayList<>())
          .add(entry(example.answer(), "label", isYes(answers.get(i)) ? 1 : 0));
    }
    StringBuilder lines = new StringBuilder();
    paragraphs.forEach(
        (idx, questions) ->
            lines.append(Submissions.json(entry(idx, "passage", passage(questions)))).append('\n'));
    return lines.toString();
  }

  private static Map<String, Object> passage(Map<Integer, List<Map<String, Object>>> questions) {
    List<Map<String, Object>> entries = new ArrayList<>();
    questions.forEach((idx, options) -> entries.add(entry(idx, "answers", options)));
    return Map.of("questions", entries);
  }

  private static Map<String, Object> entry(int idx, String name, Object value) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("idx", idx);
    entry.put(name, value);
    return entry;
  }
}
