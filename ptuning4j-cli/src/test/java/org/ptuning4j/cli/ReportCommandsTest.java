package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ptune report}, {@code ptune reproduce} and {@code ptune train --tensorboard}. */
class ReportCommandsTest {

  @TempDir Path folder;

  @Test
  void aRunBecomesAPageAndALogForTensorBoard() throws IOException {
    Path train = TinyData.reviews(folder.resolve("train.jsonl"), 16);
    Path dev = TinyData.reviews(folder.resolve("dev.jsonl"), 8);
    Path out = folder.resolve("run");
    Run trained =
        Run.of(
            "train",
            "--model",
            "bert-mini",
            "--text",
            "text",
            "--label",
            "label",
            "--train",
            train + "",
            "--dev",
            dev + "",
            "--epochs",
            "1",
            "--batch",
            "8",
            "--prompt-length",
            "2",
            "--precision",
            "fp32",
            "--tensorboard",
            "--out",
            out + "");
    assertThat(trained.code()).as(trained.err()).isZero();
    try (var files = Files.list(out.resolve("tensorboard"))) {
      assertThat(files.toList()).singleElement().asString().contains("events.out.tfevents.");
    }
    Path page = folder.resolve("page.html");
    Run report =
        Run.of(
            "report",
            out + "",
            "--model",
            "bert-mini",
            "--data",
            dev + "",
            "--precision",
            "fp32",
            "--out",
            page + "");
    assertThat(report.code()).as(report.err()).isZero();
    assertThat(Files.readString(page))
        .startsWith("<!DOCTYPE html>")
        .contains("Calibration", "</html>");
    Path recorded = folder.resolve("recorded.html");
    Run alone = Run.of("report", out + "", "--out", recorded + "");
    assertThat(alone.code()).as(alone.err()).isZero();
    assertThat(Files.readString(recorded))
        .contains("Learning curves", "accuracy", "need labelled rows", "--data FILE")
        .doesNotContain("Confusion matrix", "Worst errors", "Differences</h2>");
    Run likeness = Run.of("report", out + "", "--model", "bert-mini", "--out", recorded + "");
    assertThat(likeness.code()).as(likeness.err()).isZero();
    Run unasked = Run.of("report", out + "", "--data", dev + "", "--out", recorded + "");
    assertThat(unasked.code()).isEqualTo(2);
    assertThat(unasked.err()).contains("model: the runs cannot be asked about", "dev.jsonl");
    Run nothing = Run.of("report", folder + "", "--model", "bert-mini", "--data", dev + "");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("holds no run with a result and a pack");
    Path several = Files.createDirectories(folder.resolve("several/packs")).getParent();
    assertThat(Run.of("report", several + "").err()).contains("is a run of several tasks");
  }

  @Test
  void aTableOfThePaperIsAStudyForEachTaskWhoseFilesAreThere() throws IOException {
    Path rte = Files.createDirectories(folder.resolve("data/RTE"));
    Files.writeString(
        rte.resolve("train.jsonl"),
        "{\"premise\": \"A\", \"hypothesis\": \"B\", \"label\": \"entailment\", \"idx\": 0}\n");
    Files.copy(rte.resolve("train.jsonl"), rte.resolve("val.jsonl"));
    Run run =
        Run.of(
            "reproduce",
            "table2",
            "--model",
            "bert-mini",
            "--data",
            folder.resolve("data") + "",
            "--seeds",
            "1",
            "--dry-run",
            "--out",
            folder.resolve("papers") + "");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("rte   full-fine-tuning", "rte   prompt-tuning", "rte   p-tuning-v2")
        .contains("3 cells, 0 finished", "bert-large, PT-2: 78.3");
    assertThat(run.err()).contains("left out", "boolq", "wsc");
    Run head =
        Run.of(
            "reproduce",
            "table4",
            "--model",
            "bert-mini",
            "--data",
            folder.resolve("data") + "",
            "--seeds",
            "1",
            "--only",
            "rte",
            "--dry-run",
            "--out",
            folder.resolve("papers") + "");
    assertThat(head.out()).contains("head linear", "head verbalizer", "verbalizer: 86.6");
    Run unknown =
        Run.of(
            "reproduce",
            "table5",
            "--model",
            "bert-mini",
            "--data",
            folder + "",
            "--out",
            folder.resolve("x") + "");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("none of table2, table3, table4, figure3");
  }

  @Test
  void entitiesAreReadWordByWordAsThePaperReadsThem() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data/conll04"));
    Files.writeString(
        data.resolve("train.conll"),
        """
        Anna B-Peop
        lives O
        in O
        New B-Loc
        York I-Loc

        IBM B-Org
        hires O
        Anna B-Peop
        in O
        May B-Other
        """);
    Files.copy(data.resolve("train.conll"), data.resolve("dev.conll"));
    Path papers = folder.resolve("papers");
    Run run =
        Run.of(
            "reproduce",
            "table3",
            "--model",
            "bert-mini",
            "--data",
            folder.resolve("data") + "",
            "--seeds",
            "1",
            "--epochs",
            "1",
            "--prompt-length",
            "2",
            "--precision",
            "fp32",
            "--out",
            papers + "");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("table3, conll04:", "p-tuning-v2", "bert-large, PT-2: 84.5");
    try (var cells = Files.list(papers.resolve("table3/conll04/cells"))) {
      List<Path> files = cells.filter(file -> file.toString().endsWith(".json")).toList();
      assertThat(files).hasSize(3);
      for (Path file : files) {
        assertThat(Files.readString(file))
            .contains("\\\"decoding\\\":\\\"argmax\\\"")
            .containsPattern("\"config.tag_head\" : \"softmax\"");
      }
    }
  }
}
