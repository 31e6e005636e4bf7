/// The version of mlpack: what `--version` prints, exports name as producer version, and the server answers.
package let mlpackVersion = "0.1.0"
