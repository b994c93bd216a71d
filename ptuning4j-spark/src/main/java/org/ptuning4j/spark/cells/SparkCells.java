package org.ptuning4j.spark.cells;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.run.CellFolders;
import org.ptuning4j.study.run.CellOutcome;
import org.ptuning4j.study.run.CellReport;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.CellTask;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.train.run.TrainingListener;

/**
 * Trains cells on a Spark cluster: each is a job of one task, which starts the process that a cell
 * has on one machine, too. A task whose executor is lost is tried again on another, and the cell
 * goes on from its last checkpoint in the study's folder.
 */
public final class SparkCells implements CellRunner {

  private static final String GROUP = "cells";

  private final JavaSparkContext spark;
  private final Function<StudyRun, List<String>> command;
  private final Map<Path, Object> shared = new ConcurrentHashMap<>();
  private volatile boolean stopped;

  SparkCells(JavaSparkContext spark, Function<StudyRun, List<String>> command) {
    this.spark = spark;
    this.command = command;
  }

  /**
   * Connects to a cluster; what this application is given by {@code spark-submit} or by system
   * properties holds.
   *
   * @param master its address
   * @param command the program that trains a cell
   * @throws InvalidInputException if there is no cluster at the address
   */
  static SparkCells connect(String master, Function<StudyRun, List<String>> command) {
    SparkConf conf =
        new SparkConf()
            .setIfMissing("spark.app.name", "ptune")
            .setIfMissing("spark.ui.enabled", "false")
            .setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .setMaster(master);
    try {
      return new SparkCells(
          JavaSparkContext.fromSparkContext(SparkContext.getOrCreate(conf)), command);
    } catch (Exception e) { // Spark throws checked ones that it does not declare
      throw new InvalidInputException(
          "spark: no application can be started on %s (%s)".formatted(master, e.getMessage()), e);
    }
  }

  /** As many as the cluster has slots when it is asked, one at least. */
  @Override
  public int atOnce() {
    return Math.max(1, spark.defaultParallelism());
  }

  @Override
  public void stop() {
    stopped = true;
    spark.cancelJobGroup(GROUP);
  }

  /** Cells that start from one training of several tasks take turns: it is one run. */
  @Override
  public Optional<CellOutcome> train(StudyRun run, CellFolders folders, TrainingListener listener) {
    Object turn =
        folders
            .together()
            .map(folder -> shared.computeIfAbsent(folder, each -> new Object()))
            .orElseGet(Object::new);
    synchronized (turn) {
      return stopped ? Optional.empty() : trained(run, folders, listener);
    }
  }

  private Optional<CellOutcome> trained(
      StudyRun run, CellFolders folders, TrainingListener listener) {
    CellTask task = CellTask.of(command.apply(run), run, folders);
    spark.setJobGroup(GROUP, run.label() + ", " + run.method() + ", seed " + run.seed(), true);
    CellReport report;
    try {
      report = spark.parallelize(List.of(task), 1).map(new CellOnExecutor()).collect().get(0);
    } catch (Exception e) { // a job that is cancelled fails with one that Spark does not declare
      if (stopped) {
        return Optional.empty();
      }
      throw new InvalidInputException("spark: " + firstLine(e), e);
    }
    return report.outcome(listener, stopped);
  }

  private static String firstLine(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("the job failed");
  }

  @Override
  public void close() {
    spark.stop();
  }
}
