// Command engine packs and unpacks a layer with the libraries of container engines: standard input to output.
package main

import (
	"compress/gzip"
	"io"
	"log"
	"os"
	"strconv"

	"github.com/klauspost/compress/zstd"
)

func pack(level string) error {
	number, err := strconv.Atoi(level)
	if err != nil {
		return err
	}
	packed, err := gzip.NewWriterLevel(os.Stdout, number)
	if err != nil {
		return err
	}
	if _, err := io.Copy(packed, os.Stdin); err != nil {
		return err
	}
	return packed.Close()
}

func unpack(format string) error {
	open := func() (io.Reader, error) { return gzip.NewReader(os.Stdin) }
	if format == "zstd" {
		open = func() (io.Reader, error) { return zstd.NewReader(os.Stdin) }
	}
	content, err := open()
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, content)
	return err
}

func main() {
	work := map[string]func(string) error{"pack": pack, "unpack": unpack}[os.Args[1]]
	if err := work(os.Args[2]); err != nil {
		log.Fatal(err)
	}
}
